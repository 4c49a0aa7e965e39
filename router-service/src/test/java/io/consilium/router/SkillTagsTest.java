package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Skill;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkillTagsTest {
  private final SkillTags tags = SkillTags.shipped();

  @Test
  void tagsWhatAQuestionVisiblyIsWhateverTheCase() {
    assertThat(of("What is 12 times 7?")).containsExactly("calculation with numbers");
    assertThat(of("SQUARE ROOT of 81")).containsExactly("calculation with numbers");
    assertThat(of("17.5 % please")).containsExactly("percentages");
    assertThat(of("60 MPH in km/h")).containsExactly("conversion of units of measurement");
    assertThat(of("How many feet are two yards?"))
        .containsExactly("conversion of units of measurement");
    assertThat(of("Which weekday is it")).containsExactly("calendar dates");
    assertThat(of("on 2026-12-24")).contains("calendar dates");
    assertThat(of("three weeks before the 4th of JULY")).containsExactly("calendar dates");
    assertThat(of("Is it March 3 already")).containsExactly("calendar dates");
    assertThat(of("Call me at 9 PM or at 21:30, GMT"))
        .containsExactly("clock times and time zones");
    assertThat(of("does £5 buy lunch")).containsExactly("amounts of money");
    assertThat(of("does 5 Francs buy lunch")).containsExactly("amounts of money");
    assertThat(of("why is def f(x) slow")).containsExactly("program code");
    assertThat(of("x => x + y")).containsExactly("program code");
    assertThat(of("SELECT name FROM people")).containsExactly("sql");
    assertThat(of("Wo ist der SCHLÜSSEL")).containsExactly("text in a foreign language");
    assertThat(of("Где ключ")).containsExactly("text in a foreign language");
    assertThat(of("read HTTPS://example.org")).containsExactly("links to web pages");
    assertThat(of("My parcel has not arrived"))
        .containsExactly("complaint about a product or a service");
    assertThat(of("how does this service start")).containsExactly("settings of this software");
  }

  @Test
  void findsNothingInPlainTalk() {
    assertThat(of("Who wrote the first novel about a whale")).isEmpty();
    assertThat(of("a delay of some µs")).isEmpty();
    assertThat(of("unfrancs 5unfrancs showtime is it preselect a from b")).isEmpty();
  }

  private List<String> of(String text) {
    return tags.of(text).stream().map(Skill::name).toList();
  }
}
