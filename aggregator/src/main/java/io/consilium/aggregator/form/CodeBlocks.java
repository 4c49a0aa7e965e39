package io.consilium.aggregator.form;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fenced code blocks: the code of all of them without fences, comment lines, blank lines and
 * trailing blanks, tabs as four spaces. Code counts as the answer when the blocks hold at least
 * half of the text; a snippet in an essay does not.
 */
public final class CodeBlocks {
  private static final String FENCE = "```";

  private CodeBlocks() {}

  /** The code of a text that is mostly fenced blocks. */
  public static Optional<String> read(String text) {
    return inside(text).map(CodeBlocks::plain).filter(code -> !code.isEmpty());
  }

  /** What stands between the fences of a text that is mostly fenced blocks, as it was written. */
  public static Optional<String> inside(String text) {
    if (!text.contains(FENCE)) {
      return Optional.empty();
    }
    List<String> blocks = new ArrayList<>();
    int held = 0;
    int at = text.indexOf(FENCE);
    while (at >= 0) {
      int line = text.indexOf('\n', at);
      if (line < 0) {
        break;
      }
      int end = text.indexOf(FENCE, line);
      end = end < 0 ? text.length() : end;
      var block = text.substring(line + 1, Math.max(line + 1, end));
      blocks.add(block);
      held += block.length();
      at = text.indexOf(FENCE, Math.min(end + FENCE.length(), text.length()));
    }
    return blocks.isEmpty() || held * 2L < text.length()
        ? Optional.empty()
        : Optional.of(String.join("\n", blocks));
  }

  private static String plain(String code) {
    var plain = new StringBuilder(code.length());
    code.lines()
        .forEach(line -> {
          var kept = line.replace("\t", "    ").stripTrailing();
          var word = kept.stripLeading();
          if (!word.isEmpty() && !word.startsWith("#") && !word.startsWith("//")) {
            plain.append(plain.isEmpty() ? "" : "\n").append(kept);
          }
        });
    return plain.toString();
  }
}
