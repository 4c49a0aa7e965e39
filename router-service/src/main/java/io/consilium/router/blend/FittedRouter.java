package io.consilium.router.blend;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.consilium.expert.Roster;
import io.consilium.router.Estimator;
import io.consilium.router.Learnt;
import io.consilium.router.QuestionProfile;
import io.consilium.router.estimator.FittedEstimator;
import io.consilium.router.estimator.FittedState;
import io.consilium.router.estimator.OutputLength;
import io.consilium.router.fit.Rosters;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.fit.Training;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.records.Answers;
import io.consilium.router.records.Records;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * A version of the router: the default estimator fitted on outcomes, with the figures it reached on
 * questions held out and the fingerprint of what it learnt from. Opaque bytes to a store.
 */
public final class FittedRouter implements Learnt {
  /** Counts up when older bytes can no longer be read. */
  private static final int FORMAT = 6;

  private static final ObjectMapper CBOR =
      CBORMapper.builder()
          .polymorphicTypeValidator(
              BasicPolymorphicTypeValidator.builder()
                  .allowIfSubType("io.consilium.router.")
                  .build())
          .addMixIn(FittedState.class, ByClass.class)
          .build();

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  private interface ByClass {}

  /** What is written. */
  private record Artefact(
      int format,
      TextSpace.State space,
      FittedState state,
      Experience experience,
      Promises promises,
      Map<String, Double> metrics,
      String fingerprint,
      int questions,
      int outcomes) {}

  private final Artefact artefact;
  private final TextSpace space;
  private final FittedEstimator estimator;
  private final OutputLength lengths;

  private FittedRouter(Artefact artefact) {
    this.artefact = artefact;
    this.space = TextSpace.of(artefact.space);
    this.estimator = new FittedEstimator("blend", space, artefact.state);
    this.lengths = new OutputLength(space, artefact.experience.lengths());
  }

  /**
   * Learns from outcomes. Minutes for ten thousand questions; give it a platform thread.
   *
   * @param answers what was answered, where that was kept
   * @param profiles of the records' items, in their order
   * @param embedder the id of the embedder the profiles' vectors come from
   * @param dimension their length
   * @param seed of all randomness
   * @param progress hears how much is done, 0 to 1
   * @throws IllegalArgumentException when there is too little to learn from; the message says what
   */
  public static FittedRouter fit(
      Records records,
      Answers answers,
      List<QuestionProfile> profiles,
      String embedder,
      int dimension,
      long seed,
      DoubleConsumer progress) {
    if (records.experts().isEmpty()) {
      throw new IllegalArgumentException(
          "there are no outcomes to learn from; import or evaluate some first");
    }
    progress.accept(0);
    var training = Training.of(records, profiles, embedder, dimension, seed);
    progress.accept(0.05);
    int items = records.items().size();
    int[] held = training.heldOut();
    var method = BlendEstimator.standard();
    var trial = method.fit(training.rows(training.seen()));
    var metrics = score(trial, training, held);
    var promises = Promises.of(trial, training, held);
    progress.accept(0.45);
    var fit = method.fitWithHeldOut(training);
    var fitted = (FittedEstimator) fit.estimator();
    progress.accept(0.85);
    var experience = Experience.fit(training, answers, fit.heldOut());
    int outcomes = 0;
    for (int i = 0; i < items; i++) {
      for (int e = 0; e < records.experts().size(); e++) {
        outcomes += records.known(i, e) ? 1 : 0;
      }
    }
    progress.accept(1);
    return new FittedRouter(
        new Artefact(
            FORMAT,
            training.space().state(),
            fitted.state(),
            experience,
            promises,
            metrics,
            fingerprint(records),
            items,
            outcomes));
  }

  private static Map<String, Double> score(Estimator estimator, Training training, int[] held) {
    var records = training.records();
    Roster roster = Rosters.of(records.experts());
    int experts = records.experts().size();
    double right = 0;
    double squares = 0;
    double cells = 0;
    double routed = 0;
    double promised = 0;
    double complete = 0;
    double[] single = new double[experts];
    for (int i : held) {
      var said = estimator.estimate(training.profiles().get(i), roster);
      int best = 0;
      for (int e = 0; e < experts; e++) {
        best = said.p(e) > said.p(best) ? e : best;
        if (records.known(i, e)) {
          double y = records.correct(i, e);
          right += said.p(e) > 0.5 == y > 0.5 ? 1 : 0;
          squares += (said.p(e) - y) * (said.p(e) - y);
          cells++;
        }
      }
      if (records.complete(i)) {
        complete++;
        routed += records.correct(i, best);
        promised += said.p(best);
        for (int e = 0; e < experts; e++) {
          single[e] += records.correct(i, e);
        }
      }
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("held_out_questions", (double) held.length);
    if (cells > 0) {
      metrics.put("forecast_accuracy", right / cells);
      metrics.put("brier", squares / cells);
    }
    if (complete > 0) {
      double top = 0;
      for (double sum : single) {
        top = Math.max(top, sum / complete);
      }
      metrics.put("accuracy", routed / complete);
      metrics.put("best_single_accuracy", top);
      metrics.put("routed_gap", Math.abs(promised - routed) / complete);
    }
    return metrics;
  }

  /** SHA-256 over every item's hash and outcome, in hex: equal data, equal fingerprint. */
  static String fingerprint(Records records) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      records.experts().forEach(e -> digest.update((e + '\n').getBytes(StandardCharsets.UTF_8)));
      for (int i = 0; i < records.items().size(); i++) {
        var line = new StringBuilder(records.items().get(i).id());
        line.append(' ').append(records.items().get(i).hash());
        for (int e = 0; e < records.experts().size(); e++) {
          line.append(' ').append(records.correct(i, e));
        }
        digest.update(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** This version as bytes. */
  public byte[] write() {
    var bytes = new ByteArrayOutputStream();
    try (var packed = new GZIPOutputStream(bytes)) {
      packed.write(CBOR.writeValueAsBytes(artefact));
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot fail to be written", e);
    }
    return bytes.toByteArray();
  }

  /**
   * The version these bytes hold.
   *
   * @throws IllegalArgumentException when they were written by an incompatible release: fit anew
   */
  public static FittedRouter read(byte[] bytes) {
    try (var packed = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      var artefact = CBOR.readValue(packed.readAllBytes(), Artefact.class);
      if (artefact.format != FORMAT) {
        throw new IllegalArgumentException(
            "this router version has format %d, this release reads %d; fit a new one"
                .formatted(artefact.format, FORMAT));
      }
      return new FittedRouter(artefact);
    } catch (IOException | JacksonException e) {
      throw new IllegalArgumentException(
          "this router version was written by another release; fit a new one", e);
    }
  }

  @Override
  public Estimator estimator() {
    return estimator;
  }

  @Override
  public String kind(QuestionProfile profile) {
    return space.vector(profile).map(artefact.experience.kinds()::of).orElse("");
  }

  @Override
  public double[] tokens(QuestionProfile profile, Roster roster) {
    return lengths.tokens(profile, roster);
  }

  @Override
  public CoFailure coFailure() {
    return artefact.experience.coFailure();
  }

  @Override
  public AfterReplies afterReplies() {
    return artefact.experience.afterReplies();
  }

  @Override
  public OptionalDouble minimum(double risk) {
    return artefact.promises.minimum(risk);
  }

  @Override
  public OptionalDouble minimumOfSeveral(double risk) {
    return artefact.experience.several().least(risk);
  }

  /** What the planner learnt or, for want of outcomes, assumes: by part, in words. */
  public Map<String, String> notes() {
    return artefact.experience.notes();
  }

  /** The experts it knows, by the names of the records. */
  public List<String> experts() {
    return artefact.state.experts();
  }

  /** The id of the embedder it was fitted with; with another it knows nothing. */
  public String embedder() {
    return artefact.space.embedder();
  }

  /** Figures on one question in five that the fit they belong to had not seen. */
  public Map<String, Double> metrics() {
    return artefact.metrics;
  }

  /** Names what it learnt from. */
  public String fingerprint() {
    return artefact.fingerprint;
  }

  /** How many questions it learnt from. */
  public int questions() {
    return artefact.questions;
  }

  /** How many outcomes it learnt from. */
  public int outcomes() {
    return artefact.outcomes;
  }
}
