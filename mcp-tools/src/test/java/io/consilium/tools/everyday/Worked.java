package io.consilium.tools.everyday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Questions with answers worked by hand: one a line, {@code question => what the answer says}. */
final class Worked {
  private Worked() {}

  static List<String> lines(String table) {
    return Arrays.stream(table.split("\n")).filter(line -> !line.isBlank()).toList();
  }

  /**
   * The answer holds the expected words, with nothing that would make a number longer before or
   * after.
   */
  static void check(EverydayTool tool, String line) {
    var parts = line.split(" => ");
    var question = parts[0].replace("\\n", "\n");
    try {
      var text = tool.read(question).text();
      for (var expected : parts[1].split(" & ")) {
        assertThat(" " + text + " ")
            .as(question)
            .containsPattern("(?<![\\d.,])" + Pattern.quote(expected) + "(?![\\d]|[.,]\\d)");
      }
    } catch (Unreadable e) {
      fail(question + ": " + e.message());
    }
  }

  static String refusal(EverydayTool tool, String question) {
    try {
      return fail(question + " was answered: " + tool.read(question).text());
    } catch (Unreadable e) {
      return e.message();
    }
  }
}
