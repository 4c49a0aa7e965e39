package io.consilium.adapters.documents;

import io.consilium.expert.index.Passage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;

/** Reads Markdown, plain text, HTML and PDF into passages. */
final class DocumentReader {
  private static final long LONGEST_TEXT = 4 << 20;
  private static final long LONGEST_PDF = 32 << 20;
  private static final Set<String> BLOCKS =
      Set.of(
          "p", "li", "tr", "pre", "blockquote", "dt", "dd", "figcaption", "caption", "br", "div");

  private DocumentReader() {}

  /** A file that cannot be read as a document; the message says why. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(String reason) {
      super(reason);
    }
  }

  /** Whether the name is that of a document at all; others are passed over without a word. */
  static boolean reads(String name) {
    return switch (ending(name)) {
      case "md", "markdown", "txt", "text", "html", "htm", "pdf" -> true;
      default -> false;
    };
  }

  /** Refuses what is too large before it is read. */
  static void bound(DocumentSource.Entry entry) throws UnreadableException {
    long most = ending(entry.name()).equals("pdf") ? LONGEST_PDF : LONGEST_TEXT;
    if (entry.size() > most) {
      throw new UnreadableException(
          "it has %d MB, and %d are read at most".formatted(entry.size() >> 20, most >> 20));
    }
  }

  static List<Passage> passages(String name, byte[] bytes) throws UnreadableException {
    return switch (ending(name)) {
      case "pdf" -> pdf(name, bytes);
      case "html", "htm" -> Passages.of(name, markdown(text(bytes)));
      case "txt", "text" -> Passages.plain(name, text(bytes));
      default -> Passages.of(name, text(bytes));
    };
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static String text(byte[] bytes) throws UnreadableException {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.indexOf('\0') >= 0) {
        throw new UnreadableException("it is binary");
      }
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new UnreadableException("it is not UTF-8 text; save it as UTF-8");
    }
  }

  private static List<Passage> pdf(String name, byte[] bytes) throws UnreadableException {
    List<Passage> passages = new ArrayList<>();
    try (var document = Loader.loadPDF(bytes)) {
      var stripper = new PDFTextStripper();
      for (int page = 1; page <= document.getNumberOfPages(); page++) {
        stripper.setStartPage(page);
        stripper.setEndPage(page);
        for (var passage : Passages.plain(name, stripper.getText(document))) {
          passages.add(new Passage(name, "page " + page, passage.text()));
        }
      }
    } catch (IOException e) {
      throw new UnreadableException("it is no PDF that can be read: " + e.getMessage());
    }
    if (passages.isEmpty()) {
      throw new UnreadableException("the PDF holds no text; scanned pages need text recognition");
    }
    return passages;
  }

  /** The words of a page with its headings as Markdown's. */
  private static String markdown(String html) {
    var body = Jsoup.parse(html).body();
    body.select("script, style, nav, template, noscript").remove();
    var text = new StringBuilder();
    append(body, text);
    return text.toString();
  }

  private static void append(Node node, StringBuilder text) {
    switch (node) {
      case TextNode words -> text.append(words.text());
      case Element element -> {
        var name = element.normalName();
        if (name.matches("h[1-6]")) {
          text.append("\n\n").append("#".repeat(name.charAt(1) - '0')).append(' ');
          text.append(element.text()).append("\n\n");
        } else if (name.equals("pre")) {
          text.append("\n\n```\n").append(element.wholeText().strip()).append("\n```\n\n");
        } else {
          if (BLOCKS.contains(name)) {
            text.append("\n\n");
          }
          if (name.equals("li")) {
            text.append("- ");
          }
          element.childNodes().forEach(child -> append(child, text));
          if (name.equals("td") || name.equals("th")) {
            text.append(" | ");
          }
          if (BLOCKS.contains(name)) {
            text.append("\n\n");
          }
        }
      }
      default -> {}
    }
  }
}
