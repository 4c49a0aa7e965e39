package io.consilium.bench.cache;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.bench.cache.Pairs.Pair;
import io.consilium.expert.Embedder;
import io.consilium.router.paraphrase.Doubt;
import io.consilium.router.paraphrase.Paraphrase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Tries the semantic cache on pairs of questions: how many pairs with different answers would share
 * one (none may), and how many that ask the same do; beside what a threshold on similarity alone
 * does. Writes {@code bench/reports/cache.md} or the file after {@code --out}.
 */
public final class CacheBench {
  /** As the service's setting {@code consilium.cache.similarity}. */
  private static final double SIMILARITY = 0.75;

  private static final List<Double> THRESHOLDS = List.of(0.75, 0.8, 0.85, 0.9, 0.95, 0.98);

  private CacheBench() {}

  /** A pair, how near it is, and whether the rules let one answer serve both. */
  private record Seen(Pair pair, double similarity, Doubt doubt, boolean same) {
    boolean hit() {
      return same && similarity >= SIMILARITY;
    }
  }

  public static void run(String[] options) throws IOException {
    var out = Path.of("bench/reports/cache.md");
    boolean development = false;
    for (int i = 0; i < options.length; i++) {
      if (options[i].equals("--out") && i + 1 < options.length) {
        out = Path.of(options[++i]);
      } else if (options[i].equals("--development")) {
        development = true;
      } else {
        throw new IllegalArgumentException(
            "bench cache takes --out FILE, and --development to show the pairs of that half");
      }
    }
    try (var embedder = new OnnxEmbedder(2, 4_096, 1)) {
      if (development) {
        show(embedder);
        return;
      }
      var report = report(seen(Pairs.hard(), embedder), seen(Pairs.paraphrases(), embedder));
      if (out.getParent() != null) {
        Files.createDirectories(out.getParent());
      }
      Files.writeString(out, report);
      System.out.println(report);
    }
  }

  /** What goes wrong in the half that may be looked at. */
  private static void show(Embedder embedder) {
    for (var each : seen(Pairs.hard(), embedder)) {
      if (!each.pair().held() && each.same()) {
        System.out.println("FALSE HIT " + each);
      }
    }
    for (var each : seen(Pairs.paraphrases(), embedder)) {
      if (!each.pair().held() && !each.hit()) {
        System.out.println("MISS " + each);
      }
    }
  }

  private static List<Seen> seen(List<Pair> pairs, Embedder embedder) {
    List<Seen> all = new ArrayList<>();
    for (var pair : pairs) {
      var vectors = embedder.embed(List.of(pair.first(), pair.second()));
      double similarity = 0;
      for (int i = 0; i < embedder.dimension(); i++) {
        similarity += vectors.get(0)[i] * vectors.get(1)[i];
      }
      var doubt = Paraphrase.doubt(pair.first(), pair.second());
      all.add(new Seen(pair, similarity, doubt.orElse(Doubt.UNREADABLE), doubt.isEmpty()));
    }
    return all;
  }

  private static String report(List<Seen> hard, List<Seen> same) {
    var text = new StringBuilder();
    text.append(
        """
        # The semantic cache on pairs of questions

        Made by `./consilium bench cache` on %s. %d hard pairs look alike and have different answers; %d paraphrases ask
        the same in other words. Both were written for this project (`bench/src/main/resources/io/consilium/bench/cache`),
        before the rules were; every second pair of each kind is held out.

        **What was looked at.** While the rules and their lexicon were written, only the mistakes of the *development*
        halves were shown (`--development`), among them one false hit (MB for Mb), which was mended; the *held-out* halves
        were run for this report only. After its first run one rule was added that only doubts more (a letter to, a letter
        by) and that no pair had shown the want of. Still, whoever wrote the rules had written all the pairs: this is a test
        of the rules, not of the questions that people ask. With no false hit on the %d hard pairs held out, their share
        among pairs like these lies below %.1f %% with 95 %% confidence.

        ## With verification

        A hit is a pair at a cosine of %.2f or more that the rules let pass.

        | | development | held out | all |
        |---|--:|--:|--:|
        """
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                hard.size(),
                same.size(),
                held(hard),
                100 * (1 - Math.pow(0.05, 1.0 / held(hard))),
                SIMILARITY));
    row(text, "false hits on hard pairs", hard, Seen::hit);
    row(text, "hits on paraphrases", same, Seen::hit);
    text.append(
        """

        Hits on paraphrases by how they differ:

        | kind | development | held out | all |
        |---|--:|--:|--:|
        """);
    byKind(same).forEach((kind, pairs) -> row(text, kind, pairs, Seen::hit));
    text.append(
        """

        Why paraphrases were missed, and what was doubted of the hard pairs:

        | doubt | paraphrases | hard pairs |
        |---|--:|--:|
        """);
    Map<Doubt, int[]> doubts = new TreeMap<>();
    same.stream()
        .filter(each -> !each.same())
        .forEach(each -> doubts.computeIfAbsent(each.doubt(), any -> new int[2])[0]++);
    hard.stream()
        .filter(each -> !each.same())
        .forEach(each -> doubts.computeIfAbsent(each.doubt(), any -> new int[2])[1]++);
    doubts.forEach((doubt, counts) ->
        text.append(
            "| %s | %d | %d |%n"
                .formatted(doubt.name().toLowerCase(Locale.ROOT), counts[0], counts[1])));
    long far = same.stream().filter(each -> each.same() && !each.hit()).count();
    text.append("| too far apart | %d | |%n".formatted(far));
    text.append(
        """

        ## With a threshold alone

        What plain semantic caches do: every pair at the threshold or above is a hit.

        | cosine at least | false hits on hard pairs | hits on paraphrases |
        |--:|--:|--:|
        """);
    for (double threshold : THRESHOLDS) {
      text.append(
          "| %.2f | %s | %s |%n"
              .formatted(
                  threshold,
                  share(hard, each -> each.similarity() >= threshold),
                  share(same, each -> each.similarity() >= threshold)));
    }
    text.append(
        """

        False hits at a cosine of 0.90 by what differs:

        | kind | false hits without verification |
        |---|--:|
        """);
    byKind(hard)
        .forEach((kind, pairs) ->
            text.append(
                "| %s | %s |%n".formatted(kind, share(pairs, each -> each.similarity() >= 0.9))));
    return text.toString();
  }

  private static long held(List<Seen> all) {
    return all.stream().filter(each -> each.pair().held()).count();
  }

  private static Map<String, List<Seen>> byKind(List<Seen> all) {
    Map<String, List<Seen>> kinds = new LinkedHashMap<>();
    all.forEach(
        each -> kinds.computeIfAbsent(each.pair().kind(), any -> new ArrayList<>()).add(each));
    return kinds;
  }

  private static void row(StringBuilder text, String name, List<Seen> all, Predicate<Seen> which) {
    text.append(
        "| %s | %s | %s | %s |%n"
            .formatted(
                name,
                share(all.stream().filter(each -> !each.pair().held()).toList(), which),
                share(all.stream().filter(each -> each.pair().held()).toList(), which),
                share(all, which)));
  }

  private static String share(List<Seen> all, Predicate<Seen> which) {
    long count = all.stream().filter(which).count();
    return "%d of %d (%.1f %%)".formatted(count, all.size(), 100.0 * count / all.size());
  }
}
