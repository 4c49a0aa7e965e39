package io.consilium.adapters.documents;

import io.consilium.expert.index.Passage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Cuts a text into passages along its headings, and long sections along their paragraphs. A fenced
 * block is never cut.
 */
final class Passages {
  /** About 250 tokens: one thing, said whole, and within what the embedder weighs well. */
  private static final int LONG = 1_000;

  private static final Pattern HEADING = Pattern.compile("(#{1,6})\\s+(.+?)\\s*#*");
  private static final Pattern FENCE = Pattern.compile("\\s*(```|~~~).*");

  private final String source;
  private final String[] headings = new String[6];
  private final List<Passage> passages = new ArrayList<>();
  private final List<String> section = new ArrayList<>();
  private final StringBuilder paragraph = new StringBuilder();

  private Passages(String source) {
    this.source = source;
    Arrays.fill(headings, "");
  }

  /** The passages of a Markdown text. */
  static List<Passage> of(String source, String markdown) {
    var passages = new Passages(source);
    boolean fenced = false;
    for (var line : markdown.lines().toList()) {
      if (FENCE.matcher(line).matches()) {
        fenced = !fenced;
      }
      var heading = HEADING.matcher(line.strip());
      if (!fenced && heading.matches()) {
        passages.endSection();
        passages.enter(heading.group(1).length(), heading.group(2));
      } else if (line.isBlank() && !fenced) {
        passages.endParagraph();
      } else {
        passages.paragraph.append(line).append('\n');
      }
    }
    passages.endSection();
    return passages.passages;
  }

  /** The passages of a text without headings. */
  static List<Passage> plain(String source, String text) {
    var passages = new Passages(source);
    for (var line : text.lines().toList()) {
      if (line.isBlank() || passages.paragraph.length() > LONG) {
        passages.endParagraph();
      }
      passages.paragraph.append(line).append('\n');
    }
    passages.endSection();
    return passages.passages;
  }

  private void enter(int level, String heading) {
    headings[level - 1] = heading.replaceAll("[`*_]", "");
    for (int deeper = level; deeper < headings.length; deeper++) {
      headings[deeper] = "";
    }
  }

  private void endParagraph() {
    var text = paragraph.toString().strip();
    paragraph.setLength(0);
    if (!text.isEmpty()) {
      section.add(text);
    }
  }

  private void endSection() {
    endParagraph();
    var text = new StringBuilder();
    for (var part : section) {
      if (!text.isEmpty() && text.length() + part.length() > LONG) {
        add(text);
      }
      text.append(text.isEmpty() ? "" : "\n\n").append(part);
    }
    if (!text.isEmpty()) {
      add(text);
    }
    section.clear();
  }

  private void add(StringBuilder text) {
    var above = Arrays.stream(headings).filter(heading -> !heading.isEmpty()).toList();
    passages.add(new Passage(source, String.join(" > ", above), text.toString()));
    text.setLength(0);
  }
}
