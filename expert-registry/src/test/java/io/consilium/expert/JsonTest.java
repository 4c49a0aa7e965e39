package io.consilium.expert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void anUnclosedBracketIsSaidWithoutTheParsersInnards() {
    byte[] open = "{\"messages\":[".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> Json.object(open, "the request body"))
        .isInstanceOf(ExpertException.class)
        .hasMessage(
            "the request body is not valid JSON (line 1, column 14):"
                + " Unexpected end-of-input: expected close marker for Array");
  }
}
