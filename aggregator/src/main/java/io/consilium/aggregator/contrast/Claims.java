package io.consilium.aggregator.contrast;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The statements of a text, compared by their words: a text makes a statement when one of its own
 * holds four in five of its words and every number of it. It reads the first {@value #READ}
 * characters and {@value #MOST} statements, so that a huge reply costs no more than a long one.
 */
final class Claims {
  static final int READ = 40_000;
  static final int MOST = 100;
  private static final double SAME = 0.8;
  private static final Pattern END = Pattern.compile("(?<=[.!?。！？])\\s+|\\n+|(?<=[。！？])");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}]+|\\d+(?:[.,]\\d+)*");

  private final List<Claim> all;

  /** One statement and its words. */
  record Claim(String text, Set<String> words) {}

  private Claims(List<Claim> all) {
    this.all = all;
  }

  static Claims of(String text) {
    List<Claim> claims = new ArrayList<>();
    var read = text.length() > READ ? text.substring(0, READ) : text;
    for (var sentence : END.split(read)) {
      Set<String> words = new HashSet<>();
      var matcher = WORD.matcher(sentence);
      while (matcher.find()) {
        words.add(matcher.group().toLowerCase(Locale.ROOT));
      }
      if (!words.isEmpty() && claims.size() < MOST) {
        claims.add(new Claim(sentence.strip(), words));
      }
    }
    return new Claims(claims);
  }

  /** Those of these statements that the other text makes as well, as they are worded here. */
  List<String> alsoIn(Claims other) {
    return all.stream().filter(other::make).map(Claim::text).toList();
  }

  /** Those of these statements that the other text does not make. */
  List<String> notIn(Claims other) {
    return all.stream().filter(claim -> !other.make(claim)).map(Claim::text).toList();
  }

  private boolean make(Claim claim) {
    return all.stream().anyMatch(own -> says(own.words(), claim.words()));
  }

  private static boolean says(Set<String> own, Set<String> claimed) {
    int shared = 0;
    for (var word : claimed) {
      if (own.contains(word)) {
        shared++;
      } else if (Character.isDigit(word.charAt(0))) {
        return false;
      }
    }
    return shared >= SAME * claimed.size();
  }
}
