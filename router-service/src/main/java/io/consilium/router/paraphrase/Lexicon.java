package io.consilium.router.paraphrase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of English words, read once from {@code lexicon.txt}. */
final class Lexicon {
  /** What phrases that ask for something are read as. */
  static final List<String> TELL = List.of("tell");

  private static final Lexicon SHIPPED = read();

  /** By their first word, the longest first: a phrase and what is read in its place. */
  private final Map<String, List<Phrase>> phrases = new HashMap<>();

  private final Map<String, String> same = new HashMap<>();
  private final Map<String, String> past = new HashMap<>();
  private final Map<String, String> forms = new HashMap<>();
  private final Map<String, String> units = new HashMap<>();
  private final Set<String> stops = new HashSet<>();
  private final Set<String> verbs = new HashSet<>();
  private final Map<String, Doubt> kinds = new HashMap<>();

  /** Words that are read as others. */
  record Phrase(List<String> words, List<String> read) {}

  private Lexicon() {}

  static Lexicon shipped() {
    return SHIPPED;
  }

  private static Lexicon read() {
    try (var in = Lexicon.class.getResourceAsStream("lexicon.txt")) {
      if (in == null) {
        throw new IllegalStateException("lexicon.txt is missing");
      }
      var lexicon = new Lexicon();
      var section = "";
      for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (line.startsWith("[")) {
          section = line.substring(1, line.length() - 1);
        } else if (!line.isBlank() && !line.startsWith("#")) {
          lexicon.take(section, line.strip());
        }
      }
      lexicon
          .phrases
          .values()
          .forEach(all -> all.sort((a, b) -> b.words().size() - a.words().size()));
      return lexicon;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void take(String section, String line) {
    switch (section) {
      case "filler" -> phrase(words(line), List.of());
      case "telling" -> phrase(words(line), TELL);
      case "phrase" -> {
        int equals = line.indexOf(" = ");
        phrase(words(line.substring(0, equals)), words(line.substring(equals + 3)));
      }
      case "same" -> {
        var group = words(line);
        var first = same.getOrDefault(group.getFirst(), group.getFirst());
        group.forEach(word -> same.put(word, first));
      }
      case "past" -> past.put(words(line).getFirst(), words(line).getLast());
      case "form" -> forms.put(words(line).getFirst(), words(line).getLast());
      case "stop" -> stops.add(line);
      case "verb" -> verbs.add(line);
      case "unit" -> {
        var names = words(line);
        names.subList(2, names.size()).forEach(name -> units.put(name, names.getFirst()));
      }
      default ->
          words(line)
              .forEach(
                  word -> kinds.putIfAbsent(word, Doubt.valueOf(section.toUpperCase(Locale.ROOT))));
    }
  }

  private void phrase(List<String> words, List<String> read) {
    phrases
        .computeIfAbsent(words.getFirst(), first -> new ArrayList<>())
        .add(new Phrase(words, read));
  }

  private static List<String> words(String line) {
    return Arrays.asList(line.split(" +"));
  }

  /** Phrases that begin with a word, the longest first. */
  List<Phrase> phrases(String first) {
    return phrases.getOrDefault(first, List.of());
  }

  /** The verb of which this is a past form. */
  Optional<String> past(String word) {
    return Optional.ofNullable(past.get(word));
  }

  boolean stops(String word) {
    return stops.contains(word);
  }

  boolean isVerb(String word) {
    return verbs.contains(word);
  }

  /**
   * The unit of this name.
   *
   * @param behindNumber whether short names count
   */
  Optional<String> unit(String name, boolean behindNumber) {
    boolean told = behindNumber || name.length() > 3 || LONE_UNITS.contains(name);
    return told ? Optional.ofNullable(units.get(name)) : Optional.empty();
  }

  /** Short names that mean nothing else. */
  private static final Set<String> LONE_UNITS =
      Set.of(
          "km", "kms", "kg", "kgs", "cm", "mm", "lb", "lbs", "oz", "mph", "ml", "mg", "day", "ton",
          "ha", "cup", "%", "$", "€", "£", "¥", "USD", "EUR", "GBP", "JPY", "yen");

  /** What a difference in this word is called. */
  Optional<Doubt> kind(String word) {
    return Optional.ofNullable(kinds.get(word));
  }

  /** The one form under which a word is compared. */
  String canonical(String word) {
    var plain = past.getOrDefault(word, forms.getOrDefault(word, word));
    var known = same.get(plain);
    if (known != null) {
      return known;
    }
    var stem = stem(plain);
    return same.getOrDefault(forms.getOrDefault(stem, stem), forms.getOrDefault(stem, stem));
  }

  /** Without the endings of plural, participle and third person, and with American spelling. */
  static String stem(String word) {
    int length = word.length();
    if (length < 4 || !word.chars().allMatch(Character::isLetter)) {
      return word;
    }
    if (word.endsWith("ies") && length > 4) {
      return word.substring(0, length - 3) + "y";
    }
    if (word.endsWith("sses")
        || word.endsWith("xes")
        || word.endsWith("ches")
        || word.endsWith("shes")
        || (word.endsWith("zes") && !word.endsWith("izes"))) {
      return word.substring(0, length - 2);
    }
    if (word.endsWith("s")
        && !word.endsWith("ss")
        && !word.endsWith("us")
        && !word.endsWith("is")) {
      return american(word.substring(0, length - 1));
    }
    if (word.endsWith("ing") && length > 5) {
      return american(bare(word.substring(0, length - 3)));
    }
    if (word.endsWith("ied") && length > 4) {
      return word.substring(0, length - 3) + "y";
    }
    if (word.endsWith("ed") && length > 4 && !word.endsWith("eed")) {
      return american(bare(word.substring(0, length - 2)));
    }
    return american(word);
  }

  /** A verb without its ending: one of two equal consonants goes, a silent e comes back. */
  private static String bare(String stem) {
    int length = stem.length();
    char last = stem.charAt(length - 1);
    if (length > 2 && last == stem.charAt(length - 2) && "lsz".indexOf(last) < 0) {
      return stem.substring(0, length - 1);
    }
    boolean vowelBefore = length > 1 && "aeiou".indexOf(stem.charAt(length - 2)) >= 0;
    boolean brief = length == 3 && vowelBefore && "aeiouwxy".indexOf(last) < 0;
    boolean soft = "cgsuvz".indexOf(last) >= 0 && !stem.endsWith("ss") && !stem.endsWith("ng");
    boolean like =
        stem.endsWith("at") && length > 3 && "aeiou".indexOf(stem.charAt(length - 3)) < 0;
    return brief || soft || like ? stem + "e" : stem;
  }

  private static String american(String word) {
    if (word.length() > 5 && word.endsWith("ise")) {
      return word.substring(0, word.length() - 3) + "ize";
    }
    return word;
  }
}
