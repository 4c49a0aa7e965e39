package io.consilium.router;

import java.util.regex.Pattern;

/**
 * Whether a question has one short answer, so that answers of several experts can be compared:
 * multiple choice, a number, yes or no, an output. Open questions are not voted on.
 */
final class ClosedQuestion {
  private static final Pattern OPTION = Pattern.compile("(?m)^\\s*\\(?[B-D][).:]\\s");
  private static final Pattern ASKS =
      Pattern.compile(
          "(?i)\\b(how (?:many|much|old|far|long|tall|fast)|what (?:is|was|are) the"
              + " (?:\\w+ ){0,3}(?:number|value|sum|total|probability|area|volume|output|result)"
              + "|calculate|compute|evaluate|solve|find the|true or false|yes or no"
              + "|which of the following|what (?:does|will) .{0,60}(?:return|print|output))\\b");
  private static final Pattern CODE = Pattern.compile("(?m)^assert |== \\?\\?");
  private static final int LONG = 6_000;

  private ClosedQuestion() {}

  static boolean is(QuestionProfile profile) {
    var question = profile.question();
    if (!question.tools().isEmpty() || question.parameters().structured()) {
      return false; // calls and schemas are compared only where somebody measured that it pays
    }
    var text = profile.fullText();
    return text.length() <= LONG
        && (OPTION.matcher(text).find() || ASKS.matcher(text).find() || CODE.matcher(text).find());
  }
}
