package io.consilium.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeechTest {
  @Test
  void aCharacterIsSaidWhenAllItsBytesAreThere() {
    var speech = new Speech(List.of());
    var bytes = "é€😀".getBytes(StandardCharsets.UTF_8);
    var said = new StringBuilder();

    for (var one : bytes) {
      var text = speech.hear(new byte[] {one});
      assertThat(text).doesNotContain("\uFFFD");
      said.append(text);
    }

    assertThat(said.append(speech.rest())).hasToString("é€😀");
  }

  @Test
  void whatMayBecomeAStopTextWaitsAndAStopTextIsNeverSaid() {
    var speech = new Speech(List.of("END"));

    assertThat(hear(speech, "one E")).isEqualTo("one ");
    assertThat(hear(speech, "N")).isEmpty();
    assertThat(hear(speech, "E")).isEqualTo("EN");
    assertThat(hear(speech, "ND two")).isEmpty();
    assertThat(speech.stopped()).isTrue();
    assertThat(speech.rest()).isEmpty();
  }

  @Test
  void whatWaitedIsSaidAtTheEnd() {
    var speech = new Speech(List.of("END"));
    hear(speech, "to the E");

    assertThat(speech.rest()).isEqualTo("E");
  }

  private static String hear(Speech speech, String text) {
    return speech.hear(text.getBytes(StandardCharsets.UTF_8));
  }
}
