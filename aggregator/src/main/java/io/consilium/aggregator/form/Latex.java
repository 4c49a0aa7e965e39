package io.consilium.aggregator.form;

import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * LaTeX and typeset mathematics as plain characters: {@code \dfrac{1}{2}} is {@code 1/2}, {@code
 * 3\sqrt{2}} and {@code 3√2} are {@code 3*sqrt(2)} without the star, {@code \text{(C)}} is {@code
 * (C)}, {@code 90^\circ} is {@code 90°}. Only spelling is evened out; nothing is calculated.
 */
public final class Latex {
  private static final int LONGEST = 2_000;
  private static final Pattern MATHS =
      Pattern.compile(
          "\\\\(?:[dt]?frac|text|textbf|mathrm|mathbf|left|right|sqrt|pi|times|cdot|circ|infty|pm|leq?|geq?|neq?|begin|[()\\[\\],;:!%$ ])|[√π]|\\bsqrt\\(");
  private static final Pattern FRACTION =
      Pattern.compile("\\\\[dt]?frac\\s*(?:\\{([^{}]*)\\}|(\\d))\\s*(?:\\{([^{}]*)\\}|(\\d))");
  private static final Pattern ROOT =
      Pattern.compile("\\\\sqrt\\s*(?:\\{([^{}]*)\\}|(\\w))|√\\s*(?:\\(([^()]*)\\)|(\\d+|\\p{L}))");
  private static final Pattern WORDS =
      Pattern.compile(
          "\\\\(?:text|textbf|textit|mathrm|mathbf|mbox|operatorname)\\s*\\{([^{}]*)\\}");
  private static final Pattern GROUPED = Pattern.compile("([\\^_])\\{([^{}])\\}");
  private static final Pattern NOISE =
      Pattern.compile("\\\\(?:left|right|displaystyle|quad|qquad)\\b|\\\\[()\\[\\],;:! $]|\\$");
  private static final Pattern ATOM = Pattern.compile("-?[\\d.]+|\\p{L}");
  private static final Map<String, String> SYMBOLS =
      Map.ofEntries(
          Map.entry("^{\\circ}", "°"),
          Map.entry("^\\circ", "°"),
          Map.entry("\\times", "*"),
          Map.entry("\\cdot", "*"),
          Map.entry("\\pi", "pi"),
          Map.entry("π", "pi"),
          Map.entry("\\infty", "infinity"),
          Map.entry("∞", "infinity"),
          Map.entry("\\pm", "±"),
          Map.entry("\\%", "%"),
          Map.entry("\\{", "{"),
          Map.entry("\\}", "}"));

  private Latex() {}

  /** The plain characters of a text that holds typeset mathematics; empty for any other. */
  public static Optional<String> plain(String text) {
    if (text.length() > LONGEST || !MATHS.matcher(text).find()) {
      return Optional.empty();
    }
    var plain = text.replace("\\\\frac", "\\frac").replace("\\\\sqrt", "\\sqrt");
    plain = NOISE.matcher(plain).replaceAll("");
    for (var symbol : SYMBOLS.entrySet()) {
      plain = plain.replace(symbol.getKey(), symbol.getValue());
    }
    boolean words = WORDS.matcher(plain).find();
    plain = WORDS.matcher(plain).replaceAll("$1");
    plain = words ? plain.strip() : plain.replace(" ", "");
    var before = "";
    while (!before.equals(plain)) {
      before = plain;
      plain = ROOT.matcher(plain).replaceAll(root -> quoted("sqrt(" + given(root, 1, 4) + ")"));
      plain = fractions(plain);
      plain = GROUPED.matcher(plain).replaceAll("$1$2");
    }
    return Optional.of(plain);
  }

  private static String fractions(String text) {
    return FRACTION
        .matcher(text)
        .replaceAll(fraction -> {
          // 1 1/2 is one and a half, not eleven halves
          int at = fraction.start();
          boolean mixed = at > 0 && Character.isDigit(text.charAt(at - 1));
          return quoted(
              (mixed ? " " : "") + atom(given(fraction, 1, 2)) + "/" + atom(given(fraction, 3, 4)));
        });
  }

  private static String atom(String part) {
    var stripped = part.strip();
    return ATOM.matcher(stripped).matches() ? stripped : "(" + stripped + ")";
  }

  private static String given(MatchResult match, int first, int last) {
    for (int i = first; i <= last; i++) {
      if (match.group(i) != null) {
        return match.group(i);
      }
    }
    return "";
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("$", "\\$");
  }
}
