package io.consilium.bench.gateway.load;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A dozen subjects with everyday words for each: the bench registers one expert per subject and
 * draws its prompts from the same words, so that a router has something to decide.
 */
public final class Topics {
  private static final Map<String, List<String>> WORDS =
      new TreeMap<>(
          Map.ofEntries(
              topic("astronomy", "star planet moon orbit galaxy comet telescope sky gravity sun"),
              topic("cooking", "soup bread butter oven salt sugar rice egg cheese dinner"),
              topic("law", "court judge contract crime trial lawyer treaty appeal jury evidence"),
              topic("medicine", "doctor disease blood heart fever brain virus drug bone surgery"),
              topic("music", "song piano guitar rhythm violin opera melody drum band concert"),
              topic("finance", "bank loan stock tax interest debt market price profit credit"),
              topic("geography", "river mountain desert island coast valley lake map ocean forest"),
              topic("history", "king empire war revolution treaty castle army queen ancient ship"),
              topic("chemistry", "acid metal gas crystal oxygen carbon salt reaction iron glass"),
              topic("software", "code server database network file memory software data web bug"),
              topic("sports", "football tennis goal coach stadium player race medal team swim"),
              topic("farming", "wheat cow farm soil seed corn sheep tractor harvest milk")));

  private static final List<String> NAMES = List.copyOf(WORDS.keySet());
  private static final List<String> ADJECTIVES =
      List.of(
          "old", "small", "large", "new", "cold", "hot", "dark", "bright", "heavy", "light", "fast",
          "slow", "rare", "common", "young", "strong");
  private static final List<String> VERBS =
      List.of(
          "change", "help", "follow", "need", "hurt", "carry", "affect", "cross", "meet", "leave",
          "break", "support");

  private final Random random;

  /** Prompts drawn with {@code random}: the same seed gives the same prompts. */
  public Topics(Random random) {
    this.random = random;
  }

  /** Names of the subjects, sorted. */
  public static List<String> names() {
    return NAMES;
  }

  /** The words of one subject. */
  public static List<String> words(String name) {
    List<String> words = WORDS.get(name);
    if (words == null) {
      throw new IllegalArgumentException("no topic " + name + "; there are " + NAMES);
    }
    return words;
  }

  /** A question of 12 tokens, or as many such questions as fit into {@code tokens}. */
  public String prompt(int tokens) {
    StringBuilder text = new StringBuilder(tokens * 6);
    List<String> nouns = words(pick(NAMES));
    int count = 0;
    do {
      text.append(count == 0 ? "Why" : " Why").append(" does the ").append(pick(ADJECTIVES));
      text.append(' ').append(pick(nouns)).append(' ').append(pick(VERBS)).append(" the ");
      text.append(pick(ADJECTIVES)).append(' ').append(pick(nouns)).append(" after ");
      text.append(pick(nouns)).append('?');
      count += 12;
    } while (count + 12 <= tokens);
    return text.toString();
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static Map.Entry<String, List<String>> topic(String name, String words) {
    return Map.entry(name, List.of(words.split(" ")));
  }
}
