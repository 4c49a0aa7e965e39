package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextsTest {
  @Test
  void leavesOutWhatIsOnlyQuoted() {
    assertThat(Texts.asked("Which team takes this: \"I can't open the box\"?"))
        .isEqualTo("Which team takes this: ?");
    assertThat(Texts.asked("how would you put 'it's all the same to me' in Finnish"))
        .isEqualTo("how would you put in Finnish");
  }

  @Test
  void leavesOutTheMatterAfterAColon() {
    assertThat(Texts.asked("shorten this: the meeting that was planned for Monday is moved"))
        .isEqualTo("shorten this");
  }

  @Test
  void keepsTheWholeWhereLittleWouldBeLeft() {
    for (var whole :
        new String[] {
          "'to be or not to be'",
          "total: 3 x 12.50 and 2 x 7.95 with shipping",
          "it's 9:30, isn't it",
          "don't 'wait'"
        }) {
      assertThat(Texts.asked(whole)).isEqualTo(whole);
    }
  }

  @Test
  void evensOutCaseAndWhiteSpace() {
    assertThat(Texts.normal(" \tHow\r\n many\u000b KM  ")).isEqualTo("how many km");
    assertThat(Texts.normal("a\u00a0b")).isEqualTo("a\u00a0b");
    assertThat(Texts.normal(" \n ")).isEmpty();
  }
}
