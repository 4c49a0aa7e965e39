package io.consilium.bench.abilities;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.router.QuestionProfile;
import io.consilium.router.ability.AbilityEstimator;
import io.consilium.router.ability.AbilityState;
import io.consilium.router.ability.CardPrior;
import io.consilium.router.ability.CardTraits;
import io.consilium.router.ability.Traits;
import io.consilium.router.fit.Training;
import io.consilium.router.records.DataFolder;
import io.consilium.router.records.HashRange;
import io.consilium.router.records.Records;
import io.consilium.router.replay.Profiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Leaves out one expert of mmlu-pro-29 after the other, interviews it as if it were new, and scores
 * its forecasts on questions that neither the net nor the interview has seen.
 */
public final class AbilitiesBench {
  private final AbilitiesOptions options;
  private final Records train;
  private final Records test;
  private final Training training;
  private final List<float[]> vectors; // of the test questions
  private final List<CardTraits> cards;

  private AbilitiesBench(AbilitiesOptions options, CachedEmbedder embedder) {
    this.options = options;
    var records = DataFolder.MMLU_PRO.read(options.data()).forRouting().records();
    this.train = part(records, options.train());
    this.test = part(records, options.test());
    var learnt = profiles(train, embedder);
    this.training = Training.of(train, learnt, embedder.id(), embedder.dimension(), options.seed());
    this.vectors = training.space().vectors(profiles(test, embedder));
    this.cards =
        records.experts().stream()
            .map(id -> new CardTraits(embedder.embed(id), family(id), CardTraits.logSize(id)))
            .toList();
  }

  /** The word a model's name begins with: all that these records tell of its lineage. */
  private static String family(String id) {
    return id.replaceFirst("^Meta-", "").split("[^A-Za-z]", 2)[0].toLowerCase(Locale.ROOT);
  }

  private static Records part(Records records, HashRange range) {
    return records.where(i -> range.holds(records.items().get(i).hash()));
  }

  private static List<QuestionProfile> profiles(Records records, CachedEmbedder embedder) {
    return Profiles.of(
        records.items(),
        embedder,
        (done, all) -> System.err.printf("embedded %,d of %,d questions%n", done, all));
  }

  /** Runs the bench; see {@code AbilitiesOptions.HELP}. */
  public static void run(String[] args) throws IOException {
    var options = AbilitiesOptions.parse(args);
    int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
    try (var model = new OnnxEmbedder(threads, 4_096, 1)) {
      var embedder = new CachedEmbedder(model, CachedEmbedder.folder(System.getenv()));
      new AbilitiesBench(options, embedder).run(threads);
    }
  }

  private void run(int threads) throws IOException {
    List<LeftOut.Result> results = new ArrayList<>();
    double covered;
    int experts = Math.min(options.experts(), train.experts().size());
    try (var executor = Executors.newFixedThreadPool(threads)) {
      var all = executor.submit(this::coverage);
      List<Future<LeftOut.Result>> left = new ArrayList<>();
      for (int e = 0; e < experts; e++) {
        int expert = e;
        left.add(executor.submit(() -> leave(expert)));
      }
      covered = join(all);
      for (var future : left) {
        results.add(join(future));
      }
    }
    var report =
        new AbilitiesReport(
            train.experts().subList(0, experts),
            results,
            covered,
            train.items().size(),
            test.items().size(),
            options);
    System.out.println(report.summary());
    if (options.json().isPresent()) {
      Files.write(options.json().get(), report.json());
    }
    if (options.out().isPresent() || options.standard()) {
      var folder = options.out().orElse(Path.of("bench", "reports"));
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("abilities.md"), report.markdown(LocalDate.now(ZoneOffset.UTC)));
    }
  }

  private static <T> T join(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the bench was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new ExpertException(FailureKind.INTERNAL, "the bench failed", e);
    }
  }

  private LeftOut.Result leave(int expert) {
    long start = System.nanoTime();
    List<String> others = new ArrayList<>(train.experts());
    var name = others.remove(expert);
    var state = state(train.experts(others));
    List<CardTraits> known = new ArrayList<>(cards);
    var card = known.remove(expert);
    var prior = CardPrior.fit(known, state.abilities(), state.population());
    var result =
        new LeftOut(state, prior, card, train, test, traits(state), expert)
            .measure(options.seed(), options.seeds());
    System.err.printf("%s left out, %.0f s%n", name, (System.nanoTime() - start) / 1e9);
    return result;
  }

  private AbilityState state(Records records) {
    return new AbilityEstimator()
        .state(
            new Training(
                records,
                training.profiles(),
                training.space(),
                training.vectors(),
                options.seed()));
  }

  private List<Traits> traits(AbilityState state) {
    return vectors.stream().map(state::traits).toList();
  }

  /** How many 90 % intervals of accuracy by expert and subject hold it, everyone being fitted. */
  private double coverage() {
    var state = state(train);
    var prior = CardPrior.fit(cards, state.abilities(), state.population());
    var traits = traits(state);
    double sum = 0;
    int experts = train.experts().size();
    for (int e = 0; e < experts; e++) {
      sum +=
          new LeftOut(state, prior, cards.get(e), train, test, traits, e)
              .covered(state.abilities().get(e));
    }
    return sum / experts;
  }
}
