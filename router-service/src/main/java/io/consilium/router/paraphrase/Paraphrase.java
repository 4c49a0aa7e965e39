package io.consilium.router.paraphrase;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells whether one question asks what another asks, so that the answer to one may be given to the
 * other. Embeddings cannot tell that: "with alcohol" and "without alcohol" lie closer than most
 * paraphrases do. So words are compared: both questions are read down to the words that carry them
 * ({@link Wording}), and they ask the same only where these are the same words, in an order that
 * leaves who does what as it was. Whatever is not known to be harmless is a {@link Doubt}.
 *
 * <p>Reads English. It knows no world: that Istanbul was Constantinople is a doubt to it, and so is
 * every synonym that its lexicon lacks. Use it where a wrong answer costs more than a missed one;
 * not to find similar questions.
 *
 * <p>The words that must agree are those of which semantic caches were seen to give wrong answers
 * (negation, numbers, units, dates, names, quantifiers, direction, roles). Measured by {@code
 * ./consilium bench cache}.
 */
public final class Paraphrase {
  /** Characters of the longest question that is read. */
  public static final int MOST = 640;

  private Paraphrase() {}

  /** Why the answer to one must not be given to the other; empty when they ask the same. */
  public static Optional<Doubt> doubt(String first, String second) {
    if (plain(first).equals(plain(second))) {
      return Optional.empty();
    }
    var one = Wording.of(first);
    var two = Wording.of(second);
    if (!one.readable() || !two.readable()) {
      return Optional.of(Doubt.UNREADABLE);
    }
    var differing = differing(one, two);
    if (differing.isPresent()) {
      return differing;
    }
    if (!one.asked().equals(two.asked())) {
      return Optional.of(Doubt.ASKED);
    }
    if (!one.tense().equals(two.tense())) {
      return Optional.of(Doubt.TENSE);
    }
    if (turned(one, two)) {
      return Optional.of(Doubt.WORDS);
    }
    return inOrder(one, two) ? Optional.empty() : Optional.of(Doubt.ROLES);
  }

  /** Equal but for white space, the mark at the end, and case where it names no unit. */
  private static String plain(String text) {
    boolean amounts = text.chars().anyMatch(Character::isDigit);
    return (amounts ? text : text.toLowerCase(Locale.ROOT))
        .replaceAll("\\s+", " ")
        .strip()
        .replaceAll("\\s?[.?!]+$", "");
  }

  /** Whether a preposition stands in place of another, as in a letter to and a letter by. */
  private static boolean turned(Wording one, Wording two) {
    List<String> left = new ArrayList<>(one.links());
    List<String> right = new ArrayList<>(two.links());
    two.links().forEach(left::remove);
    one.links().forEach(right::remove);
    return !left.isEmpty() && !right.isEmpty();
  }

  private static Optional<Doubt> differing(Wording one, Wording two) {
    List<String> left = new ArrayList<>(one.words());
    List<String> right = new ArrayList<>(two.words());
    two.words().forEach(left::remove);
    one.words().forEach(right::remove);
    left.addAll(right);
    if (left.isEmpty()) {
      return Optional.empty();
    }
    return left.stream()
        .map(word -> kind(word, one.names().contains(word) || two.names().contains(word)))
        .min(Enum::compareTo);
  }

  private static Doubt kind(String word, boolean named) {
    if (word.startsWith("unit:")) {
      return Doubt.UNIT;
    }
    if (word.startsWith("@")) {
      return Doubt.DATE;
    }
    if (!word.isEmpty() && "0123456789#/*-+".indexOf(word.charAt(0)) >= 0) {
      return Doubt.NUMBER;
    }
    return Lexicon.shipped().kind(word).orElse(named ? Doubt.NAME : Doubt.WORDS);
  }

  /** A verb may move past a noun; verbs keep their order, and so does everything else. */
  private static boolean inOrder(Wording one, Wording two) {
    return part(one, two, false).equals(part(two, one, false))
        && part(one, two, true).equals(part(two, one, true));
  }

  private static List<String> part(Wording wording, Wording other, boolean verbs) {
    return wording.words().stream()
        .filter(word -> verbs == (wording.verbs().contains(word) || other.verbs().contains(word)))
        .toList();
  }
}
