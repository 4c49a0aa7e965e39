package io.consilium.expert.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Cuts English text into the words it is found by: split at punctuation and inside camelCase, lower
 * case, stop words dropped, plurals cut to singulars. Light on purpose: a heavier stemmer merges
 * words that tell experts apart ("unit" and "united").
 */
public final class Words {
  private static final Pattern CAMEL =
      Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");
  private static final Pattern BREAK = Pattern.compile("[^\\p{L}\\p{N}]+");

  private static final Set<String> STOP =
      Set.of(
          ("a about an and any are as at be been but by can could did do does for from get had has"
                  + " have he her here him his how i if in into is it its just like me my no not of on"
                  + " or our out please she should so some than that the their them then there these"
                  + " they this to too up us want was we were what when where which who why will with"
                  + " would you your am im ive")
              .split(" "));

  private Words() {}

  /** The words of {@code text}, in order, with repeats. */
  public static List<String> of(String text) {
    return cut(text, false);
  }

  /** The same with stop words: what tells how a text is worded, and not only what it is about. */
  public static List<String> all(String text) {
    return cut(text, true);
  }

  private static List<String> cut(String text, boolean all) {
    List<String> words = new ArrayList<>();
    for (var piece :
        BREAK.split(CAMEL.matcher(text.replace("'", "").replace("’", "")).replaceAll(" "))) {
      var word = piece.toLowerCase(Locale.ROOT);
      if (!word.isEmpty() && (all || !STOP.contains(word))) {
        words.add(singular(word));
      }
    }
    return words;
  }

  private static String singular(String word) {
    if (word.length() > 4 && word.endsWith("ies")) {
      return word.substring(0, word.length() - 3) + "y";
    }
    if (word.length() > 4
        && (word.endsWith("sses")
            || word.endsWith("xes")
            || word.endsWith("ches")
            || word.endsWith("shes"))) {
      return word.substring(0, word.length() - 2);
    }
    if (word.length() > 3
        && word.endsWith("s")
        && !word.endsWith("ss")
        && !word.endsWith("us")
        && !word.endsWith("is")) {
      return word.substring(0, word.length() - 1);
    }
    return word;
  }
}
