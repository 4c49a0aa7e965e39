package io.consilium.bench.classifier;

import io.consilium.adapters.classifier.Example;
import io.consilium.adapters.classifier.TicketPhrases;
import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.expert.Embedder;
import io.consilium.expert.classifier.LinearClassifier.Guess;
import io.consilium.expert.classifier.LogisticTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Trains the ticket classifier on three quarters of the phrasings and asks it about the others, for
 * several splits; writes {@code bench/reports/classifier.md} or the file after {@code --out}.
 */
public final class ClassifierBench {
  private static final int SPLITS = 5;
  private static final int EXAMPLES_PER_PHRASING = 8;

  private static final Map<String, List<String>> KEYWORDS =
      Map.of(
          "billing",
          List.of(
              "charge", "bill", "invoice", "refund", "pay", "paid", "price", "money", "receipt"),
          "technical",
          List.of("error", "crash", "bug", "slow", "broken", "update", "load", "not work", "fix"),
          "account access",
          List.of("password", "login", "log in", "sign in", "locked", "code", "access", "hacked"),
          "shipping",
          List.of("order", "parcel", "package", "deliver", "tracking", "ship", "arrive", "return"),
          "sales",
          List.of("quote", "offer", "feature", "discount", "demo", "upgrade", "licence", "trial"),
          "cancellation",
          List.of("cancel", "terminate", "end ", "stop", "close", "delete", "renew", "contract"));

  /** How one method did on one split. */
  private record Score(double accuracy, double calibrationError) {}

  private ClassifierBench() {}

  public static void run(String[] options) throws IOException {
    var out = Path.of("bench/reports/classifier.md");
    if (options.length == 2 && options[0].equals("--out")) {
      out = Path.of(options[1]);
    } else if (options.length > 0) {
      throw new IllegalArgumentException("bench classifier takes --out FILE and nothing else");
    }
    Map<String, List<Score>> scores = new LinkedHashMap<>();
    var phrases = TicketPhrases.bundled();
    var examples = phrases.generate(1, EXAMPLES_PER_PHRASING);
    try (var embedder = OnnxEmbedder.forThisMachine()) {
      for (int split = 1; split <= SPLITS; split++) {
        split(phrases, examples, embedder, split, scores);
      }
    }
    var report = report(phrases, examples.size(), scores);
    if (out.getParent() != null) {
      Files.createDirectories(out.getParent());
    }
    Files.writeString(out, report);
    System.out.println(report);
  }

  private static void split(
      TicketPhrases phrases,
      List<Example> examples,
      Embedder embedder,
      int seed,
      Map<String, List<Score>> scores) {
    var order =
        IntStream.range(0, phrases.phrasings())
            .boxed()
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(order, new Random(seed));
    var held = new HashSet<>(order.subList(0, order.size() / 4));
    var train = examples.stream().filter(e -> !held.contains(e.phrasing())).toList();
    var test = examples.stream().filter(e -> held.contains(e.phrasing())).toList();
    var majority = majority(train);
    add(scores, "majority", score(test, text -> majority));
    add(scores, "keywords", score(test, text -> keywords(text, majority)));
    for (var features : List.of(new HashedWords(), embedder)) {
      var model =
          new LogisticTrainer(features.id(), seed)
              .fit(train.stream().map(example -> example.in(features)).toList());
      add(
          scores,
          features instanceof HashedWords ? "words and letters" : "embedding (shipped)",
          score(test, text -> model.guesses(features.embed(text)).getFirst()));
    }
  }

  private static void add(Map<String, List<Score>> scores, String method, Score score) {
    scores.computeIfAbsent(method, missing -> new ArrayList<>()).add(score);
  }

  private static Guess majority(List<Example> train) {
    var counts =
        train.stream().collect(Collectors.groupingBy(Example::label, Collectors.counting()));
    var most = Collections.max(counts.entrySet(), Map.Entry.comparingByValue());
    return new Guess(most.getKey(), (double) most.getValue() / train.size());
  }

  private static Guess keywords(String text, Guess otherwise) {
    var lower = text.toLowerCase(Locale.ROOT);
    var best = otherwise;
    long most = 0;
    for (var team : new TreeMap<>(KEYWORDS).entrySet()) {
      long hits = team.getValue().stream().filter(lower::contains).count();
      if (hits > most) {
        most = hits;
        best = new Guess(team.getKey(), 1);
      }
    }
    return best;
  }

  private static Score score(List<Example> test, Function<String, Guess> method) {
    var confidence = new double[10];
    var right = new double[10];
    for (var example : test) {
      var guess = method.apply(example.text());
      int bin = Math.min(9, (int) (guess.probability() * 10));
      confidence[bin] += guess.probability();
      right[bin] += guess.label().equals(example.label()) ? 1 : 0;
    }
    double error = 0;
    double hits = 0;
    for (int bin = 0; bin < 10; bin++) {
      error += Math.abs(confidence[bin] - right[bin]);
      hits += right[bin];
    }
    return new Score(hits / test.size(), error / test.size());
  }

  private static String report(
      TicketPhrases phrases, int examples, Map<String, List<Score>> scores) {
    var text = new StringBuilder();
    text.append(
        """
        # The bundled classifier on phrasings it has not seen

        Made by `bench classifier` on %s. %d messages of %d phrasings for %d teams, written for this project and
        varied by slots, greetings and slips of the fingers. Each of %d splits keeps a quarter of the phrasings
        apart, whole: no test message is a variant of one trained on. Mean, and in brackets lowest to highest split.
        ECE is the expected calibration error in ten bins of the stated probability.

        | method | accuracy, %% | ECE, points |
        |---|--:|--:|
        """
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                examples,
                phrases.phrasings(),
                phrases.labels().size(),
                SPLITS));
    scores.forEach((method, all) -> {
      // keywords state no probability
      var error =
          method.equals("keywords")
              ? "–"
              : shown(all.stream().map(Score::calibrationError).toList());
      text.append(
          "| %s | %s | %s |%n"
              .formatted(method, shown(all.stream().map(Score::accuracy).toList()), error));
    });
    text.append(
        """

        *words and letters*: the same regression on hashed words, word pairs and letter triples. *keywords*: the team
        with most hits in a list of eight or nine words each. The phrasings come from one author, so real customers
        will differ more from them than held-out ones do: read these numbers as an upper bound.
        """);
    return text.toString();
  }

  private static String shown(List<Double> shares) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.1f–%.1f)",
        100 * shares.stream().mapToDouble(Double::doubleValue).average().orElse(0),
        100 * Collections.min(shares),
        100 * Collections.max(shares));
  }
}
