package io.consilium.adapters.classifier;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * Messages to a support desk, made from the phrase grammar in {@code ticket-phrases.txt}: slots are
 * filled, alternatives chosen, and the result is greeted, signed, misspelt or shouted as customers
 * do. The same seed gives the same messages.
 */
public final class TicketPhrases {
  private static final Pattern FILLERS = Pattern.compile("([a-z]+) = (.+)");
  private static final Pattern SLOT = Pattern.compile("\\{([a-z]+)}");
  private static final Pattern CHOICE = Pattern.compile("\\(([^()]*)\\)");
  private static final List<String> OPENINGS =
      List.of(
          "Hi, ",
          "Hello, ",
          "Hello team, ",
          "Dear Sir or Madam, ",
          "hey ",
          "Good morning. ",
          "Hi there! ",
          "Quick question: ",
          "Excuse me, ",
          "To whom it may concern: ");
  private static final List<String> ENDINGS =
      List.of(
          " Thanks!",
          " Thank you",
          " Please help.",
          " Regards, Anna",
          " Best, Tom",
          " It is urgent!!",
          " thx",
          " Can someone look into this?",
          " This is really annoying.",
          " Cheers",
          " I look forward to your answer.");

  private record Phrasing(String label, String pattern) {}

  private final Map<String, List<String>> fillers = new HashMap<>();
  private final List<Phrasing> phrasings = new ArrayList<>();

  private TicketPhrases(String grammar) {
    var label = "";
    for (var line : grammar.lines().toList()) {
      var filler = FILLERS.matcher(line);
      if (line.startsWith("[")) {
        label = line.substring(1, line.length() - 1);
      } else if (filler.matches()) {
        fillers.put(filler.group(1), List.of(filler.group(2).split(" \\| ", -1)));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        phrasings.add(new Phrasing(label, line));
      }
    }
  }

  /** The grammar that ships with the service. */
  public static TicketPhrases bundled() {
    try (var in = TicketPhrases.class.getResourceAsStream("ticket-phrases.txt")) {
      if (in == null) {
        throw new ExpertException(
            FailureKind.INTERNAL, "ticket-phrases.txt is missing from the class path");
      }
      return new TicketPhrases(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The teams. */
  public List<String> labels() {
    return phrasings.stream().map(Phrasing::label).distinct().toList();
  }

  /** How many phrasings there are; they are numbered from 0. */
  public int phrasings() {
    return phrasings.size();
  }

  /** Messages of every phrasing. */
  public List<Example> generate(long seed, int perPhrasing) {
    List<Example> examples = new ArrayList<>(phrasings.size() * perPhrasing);
    for (int i = 0; i < phrasings.size(); i++) {
      var phrasing = phrasings.get(i);
      var random = new SplittableRandom(seed * 1_000_003 + i);
      for (int n = 0; n < perPhrasing; n++) {
        var text = dressed(filled(phrasing.pattern(), random), random);
        examples.add(new Example(text, phrasing.label(), i));
      }
    }
    return examples;
  }

  private String filled(String pattern, SplittableRandom random) {
    var text = pattern;
    for (var choice = CHOICE.matcher(text); choice.find(); choice = CHOICE.matcher(text)) {
      text = replace(text, choice.start(), choice.end(), pick(choice.group(1), random));
    }
    for (var slot = SLOT.matcher(text); slot.find(); slot = SLOT.matcher(text)) {
      var fillers = this.fillers.get(slot.group(1));
      if (fillers == null) {
        throw new ExpertException(
            FailureKind.CONFIGURATION,
            "the phrase grammar uses {%s} in '%s' and does not define it"
                .formatted(slot.group(1), pattern));
      }
      text = replace(text, slot.start(), slot.end(), fillers.get(random.nextInt(fillers.size())));
    }
    return text.strip();
  }

  private static String pick(String alternatives, SplittableRandom random) {
    var all = alternatives.split("\\|", -1);
    return all[random.nextInt(all.length)];
  }

  private static String replace(String text, int from, int to, String with) {
    return text.substring(0, from) + with + text.substring(to);
  }

  private static String dressed(String message, SplittableRandom random) {
    var text = message;
    if (random.nextInt(4) == 0) {
      text = OPENINGS.get(random.nextInt(OPENINGS.size())) + text;
    }
    if (random.nextInt(4) == 0) {
      text = text + "." + ENDINGS.get(random.nextInt(ENDINGS.size()));
    }
    if (random.nextInt(4) == 0) {
      text = misspelt(text, random);
    }
    return switch (random.nextInt(6)) {
      case 0 -> text.toLowerCase(Locale.ROOT);
      case 1 -> text.replace("'", "");
      case 2 -> text + "!";
      default -> text;
    };
  }

  /** One slip of the fingers: two letters swapped, one left out, or one doubled. */
  private static String misspelt(String text, SplittableRandom random) {
    int at = random.nextInt(Math.max(1, text.length() - 2));
    if (!Character.isLetter(text.charAt(at)) || !Character.isLetter(text.charAt(at + 1))) {
      return text;
    }
    return switch (random.nextInt(3)) {
      case 0 ->
          text.substring(0, at) + text.charAt(at + 1) + text.charAt(at) + text.substring(at + 2);
      case 1 -> text.substring(0, at) + text.substring(at + 1);
      default -> text.substring(0, at) + text.charAt(at) + text.substring(at);
    };
  }
}
