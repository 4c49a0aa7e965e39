package io.consilium.tools.everyday;

import com.ezylang.evalex.EvaluationException;
import com.ezylang.evalex.Expression;
import com.ezylang.evalex.config.ExpressionConfiguration;
import com.ezylang.evalex.data.EvaluationValue;
import com.ezylang.evalex.functions.AbstractFunction;
import com.ezylang.evalex.functions.FunctionParameter;
import com.ezylang.evalex.operators.OperatorIfc;
import com.ezylang.evalex.parser.ParseException;
import com.ezylang.evalex.parser.Token;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Arithmetic in symbols and words, evaluated with EvalEx on decimals of 200 digits. A percentage at
 * the end is added as on a pocket calculator: {@code 240 + 19 %} is 285.60.
 */
final class Expressions {
  private static final String NUM = "\\d+(?:\\.\\d+)?";
  private static final Pattern TRAILING_PERCENT =
      Pattern.compile("^(.*\\d\\)?)\\s*([+-])\\s*(" + NUM + ")\\s?%$");
  private static final Pattern READABLE =
      Pattern.compile("(?:" + NUM + "|[A-Z][A-Z0-9]*|[-+*/^%(),\\s])+");
  private static final Pattern NEIGHBOURS =
      Pattern.compile("(?:\\d|\\))\\s+(?:\\d|\\()|(?:\\d|\\))\\s*(?!MOD)[A-Z]");
  private static final int LONGEST = 2_000;

  /** Words and what they become, in this order. */
  private static final List<Map.Entry<Pattern, String>> WORDS =
      List.of(
          to("\\b(?:subtract|take(?: away)?|deduct) (.+?) from (.+)$", "($2) - ($1)"),
          to("\\b(?:the )?difference (?:between|of) (.+?) and (.+)$", "($1) - ($2)"),
          to("\\b(?:the )?quotient of (.+?) and (.+)$", "($1) / ($2)"),
          to("\\b(?:the )?(?:sum of|add) (" + NUM + ") (?:and|to|plus) (" + NUM + ")", "($1 + $2)"),
          to("\\b(?:the )?product of (" + NUM + ") (?:and|times) (" + NUM + ")", "($1 * $2)"),
          to("\\bmultiply (" + NUM + ") (?:by|with|and) ", "$1 * "),
          to("\\bdivide (" + NUM + ") by ", "$1 / "),
          to("\\braise (" + NUM + ") to ", "$1 to "),
          to("\\b(?:three[ -])?cube(?:d)? root of |\\bcbrt(?: of)? ?|∛ ?", "CROOT3 "),
          to("\\b(\\d+)(?:st|nd|rd|th) root of ", "CROOT$1 "),
          to("\\b(?:square root|sqrt|root)(?: of)? ?|√ ?", "SQRT "),
          to(
              "\\blog(?:arithm)? (?:to )?(?:the )?base (" + NUM + ") (?:of )?(" + NUM + ")",
              "CLOG($2,$1)"),
          to(
              "\\blog(?:arithm)?(?: of)? (" + NUM + ") (?:to |in )?(?:the )?base (" + NUM + ")",
              "CLOG($1,$2)"),
          to("\\blog_?2(?: of|\\s|(?=\\())", "CLOG2 "),
          to("\\b(?:natural log(?:arithm)?|ln)(?: of)? ?", "LOG "),
          to("\\blog(?:arithm)?(?:_?10)?(?: of)? ?", "LOG10 "),
          to(
              "\\b(sin|cos|tan)(?:e|ine|gent)?(?: of)? ?(" + NUM + ") ?(?:radians|rad)\\b",
              "$1R($2)"),
          to(
              "\\b(sin|cos|tan)(?:e|ine|gent)?(?: of)? ?(" + NUM + ") ?(?:degrees?|deg|°)?",
              "$1($2)"),
          to("\\bfactorial of (\\d+)", "CFACT($1)"),
          to("(\\d+) ?factorial|(\\d+) ?!", "CFACT($1$2)"),
          to("\\babs(?:olute value)?(?: of)? ?(?=[\\d(-])", "ABS "),
          to(
              "\\bto the power(?: of)? ?|\\braised to(?: the power(?: of)?)? ?|\\*\\*|\\bto the (?=\\d+(?:st|nd|rd|th)?\\b)",
              "^ "),
          to("(?<=\\^ )(\\d+)(?:st|nd|rd|th)(?: power)?", "$1"),
          to("\\bsquared\\b|²", "^2"),
          to("\\bcubed\\b|³", "^3"),
          to("\\b(?:a |an |1 )?half of |\\b(?:a |an |1 )?half (?=\\d)|\\bhalve ", "1/2 * "),
          to("\\b(?:a |1 )third of ", "1/3 * "),
          to("\\b(?:a |1 )?quarter of |\\b(?:a |1 )?fourth of ", "1/4 * "),
          to("\\b(?:a |1 )fifth of ", "1/5 * "),
          to("\\b(?:a |1 )tenth of ", "1/10 * "),
          to("(\\d+) (?:halves) of ", "$1/2 * "),
          to("(\\d+) thirds of ", "$1/3 * "),
          to("(\\d+) quarters of |(\\d+) fourths of ", "$1$2/4 * "),
          to("(\\d+) fifths of ", "$1/5 * "),
          to("(\\d+) eighths of ", "$1/8 * "),
          to("\\b(?:double|twice) (?:of )?", "2 * "),
          to("\\b(?:triple|thrice) (?:of )?", "3 * "),
          to(
              "\\b(?:multiplied by|multiplied with|times|lots of)\\b|[×·∙]|(?<=[\\d)])\\s*x\\s*(?=[\\d(])",
              " * "),
          to("\\b(?:divided by|over)\\b|÷", " / "),
          to("\\b(?:plus|added to|and then add|add)\\b", " + "),
          to("\\b(?:minus|less|take away|subtract)\\b", " - "),
          to("(" + NUM + ")\\s?% of", "($1/100) *"),
          to("(?<=[\\d)]) of (?=[\\d(SL])", " * "),
          to("(?<=[\\d)])\\s*\\b(?:mod|modulo|modulus)\\b", " MOD "),
          to("\\bpi\\b|π", " PI "));

  /** What may stand around an expression without changing it. */
  private static final Pattern FILLER =
      Pattern.compile(
          "\\b(?:as a decimal(?: number)?|in decimals?|the|please|pls|for me|result|answer|value|equals?|of|what|whats|what's|is|are|be|would|to|do|does|come|comes|make|makes|a|an|how|much|many|number|degrees?|that|it|you|can|could|me|tell|calculate|compute|work out|evaluate|solve|find|get|give|hey|hi|ok|so|then|exactly|together|altogether|in total|total|now)\\b|[?!=:;,.](?=\\s|$)|°");

  private static final ExpressionConfiguration CONFIGURATION =
      ExpressionConfiguration.builder()
          .mathContext(new MathContext(200))
          .powerOfPrecedence(OperatorIfc.OPERATOR_PRECEDENCE_POWER_HIGHER)
          .arraysAllowed(false)
          .structuresAllowed(false)
          .build()
          .withAdditionalFunctions(
              Map.entry("CFACT", new Factorial()),
              Map.entry("CROOT", new Root()),
              Map.entry("CLOG", new Logarithm()));

  private Expressions() {}

  private static Map.Entry<Pattern, String> to(String pattern, String replacement) {
    return Map.entry(Pattern.compile(pattern), replacement);
  }

  /**
   * A value and what it was computed from.
   *
   * @param shown as a person would write it
   */
  record Result(String shown, BigDecimal value) {}

  /** Reads and evaluates; empty when the sentence is not arithmetic. */
  static Optional<Result> evaluate(String sentence) throws Unreadable {
    if (sentence.length() > LONGEST) {
      throw new Unreadable("The expression is too long; at most 2,000 characters can be read.");
    }
    var percent = TRAILING_PERCENT.matcher(sentence.strip());
    if (percent.matches() && !percent.group(1).contains("%")) {
      var left = evaluate(percent.group(1));
      if (left.isPresent()) {
        var by = new BigDecimal(percent.group(3));
        var factor =
            percent.group(2).equals("+") ? Phrase.HUNDRED.add(by) : Phrase.HUNDRED.subtract(by);
        return Optional.of(
            new Result(
                "%s %s %s %%"
                    .formatted(
                        left.get().shown(), percent.group(2).replace("-", "−"), Numbers.show(by)),
                left.get().value().multiply(factor).divide(Phrase.HUNDRED)));
      }
    }
    var symbols = symbols(sentence);
    if (!READABLE.matcher(symbols).matches()
        || NEIGHBOURS.matcher(symbols).find()
        || !symbols.matches(".*\\d.*")) {
      return Optional.empty();
    }
    try {
      var value = new Expression(symbols.replace("MOD", "%"), CONFIGURATION).evaluate();
      return value.isNumberValue()
          ? Optional.of(new Result(shown(symbols), value.getNumberValue()))
          : Optional.empty();
    } catch (EvaluationException e) {
      throw new Unreadable(
          "Read as %s, but that has no result: %s.".formatted(shown(symbols), e.getMessage()));
    } catch (ArithmeticException e) {
      throw new Unreadable(
          "Read as %s, but that has no result or is too large.".formatted(shown(symbols)));
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  private static String symbols(String sentence) {
    var s = sentence;
    for (var word : WORDS) {
      s = word.getKey().matcher(s).replaceAll(word.getValue());
    }
    s = FILLER.matcher(s).replaceAll(" ");
    s = s.replaceAll("(" + NUM + ")\\s?%(?!\\s*\\d)", "($1/100)");
    s = s.replaceAll("\\b(sin|cos|tan)(R?)\\(", "UPPER$1$2(");
    s = s.replace("UPPERsin", "SIN").replace("UPPERcos", "COS").replace("UPPERtan", "TAN");
    s = s.replaceAll("\\bCROOT(\\d+) ?\\(?\\s*(" + NUM + ")\\)?", "CROOT($2,$1)");
    s = s.replaceAll("\\bCLOG2 ?\\(?(" + NUM + ")\\)?", "CLOG($1,2)");
    s = s.replaceAll("\\b(SQRT|LOG10|LOG|ABS) +(-?" + NUM + ")", "$1($2)");
    s = s.replaceAll("\\b(SQRT|LOG10|LOG|ABS) +\\(", "$1(");
    s = s.replaceAll("\\b(SIN|COS|TAN)\\((?=[^)]*PI)", "$1R(");
    s =
        s.replaceAll("(?<![A-Z0-9])\\(\\s*(" + NUM + ")\\s*\\)", "$1")
            .replaceAll("\\s*\\^\\s*", "^");
    return s.replaceAll("\\s+", " ").replaceAll("(?<=\\() | (?=\\))", "").strip();
  }

  private static String shown(String symbols) {
    var s = symbols.replace("*", "×").replace("/", "÷").replace("-", "−").replace(" MOD ", " mod ");
    s = s.replaceAll("\\(([\\d.]+)÷100\\)", "$1 %");
    s = s.replaceAll("SQRT\\(([\\d.]+)\\)", "√$1").replaceAll("CFACT\\((\\d+)\\)", "$1!");
    s =
        s.replaceAll("CROOT\\(([\\d.]+),3\\)", "∛$1")
            .replaceAll("CROOT\\(([\\d.]+),(\\d+)\\)", "$1^(1/$2)");
    s = s.replaceAll("CLOG\\(([\\d.]+),([\\d.]+)\\)", "log base $2 of $1");
    s =
        s.replace("LOG10", "log")
            .replace("LOG", "ln")
            .replace("PI", "π")
            .replaceAll("SINR?", "sin")
            .replaceAll("COSR?", "cos")
            .replaceAll("TANR?", "tan");
    s =
        Pattern.compile("(?<![\\w.^])" + NUM + "(?![\\w.])")
            .matcher(s)
            .replaceAll(m -> Numbers.show(new BigDecimal(m.group())));
    return s.replaceAll("(?<=[\\d)%]) ?([×÷+−]) ?", " $1 ").strip();
  }

  private static EvaluationException refused(Token token, String why) {
    return new EvaluationException(token, why);
  }

  /** {@code n!} for whole n up to 1,000. */
  @FunctionParameter(name = "n")
  private static final class Factorial extends AbstractFunction {
    @Override
    public EvaluationValue evaluate(Expression e, Token token, EvaluationValue... values)
        throws EvaluationException {
      var n = values[0].getNumberValue();
      if (n.signum() < 0
          || n.stripTrailingZeros().scale() > 0
          || n.compareTo(new BigDecimal(1000)) > 0) {
        throw refused(token, "factorials are computed for whole numbers from 0 to 1,000");
      }
      var product = BigDecimal.ONE;
      for (int i = 2; i <= n.intValueExact(); i++) {
        product = product.multiply(new BigDecimal(i));
      }
      return EvaluationValue.numberValue(product);
    }
  }

  /** The real nth root; exact where the root is a short decimal. */
  @FunctionParameter(name = "x")
  @FunctionParameter(name = "n")
  private static final class Root extends AbstractFunction {
    @Override
    public EvaluationValue evaluate(Expression e, Token token, EvaluationValue... values)
        throws EvaluationException {
      var x = values[0].getNumberValue();
      int n = values[1].getNumberValue().intValue();
      if (n < 1 || n > 1000 || (x.signum() < 0 && n % 2 == 0)) {
        throw refused(token, "there is no such real root");
      }
      var root = BigDecimal.valueOf(Math.pow(x.abs().doubleValue(), 1.0 / n));
      var near = root.round(new MathContext(10)).stripTrailingZeros();
      var found = near.pow(n).compareTo(x.abs()) == 0 ? near : root;
      return EvaluationValue.numberValue(x.signum() < 0 ? found.negate() : found);
    }
  }

  /** The logarithm to any base; exact where it is a whole number. */
  @FunctionParameter(name = "x")
  @FunctionParameter(name = "base")
  private static final class Logarithm extends AbstractFunction {
    @Override
    public EvaluationValue evaluate(Expression e, Token token, EvaluationValue... values)
        throws EvaluationException {
      var x = values[0].getNumberValue();
      var base = values[1].getNumberValue();
      if (x.signum() <= 0 || base.signum() <= 0 || base.compareTo(BigDecimal.ONE) == 0) {
        throw refused(token, "logarithms need positive numbers and a base other than 1");
      }
      double log = Math.log(x.doubleValue()) / Math.log(base.doubleValue());
      long whole = Math.round(log);
      boolean exact = whole >= 0 && whole < 5000 && base.pow((int) whole).compareTo(x) == 0;
      return EvaluationValue.numberValue(exact ? new BigDecimal(whole) : BigDecimal.valueOf(log));
    }
  }
}
