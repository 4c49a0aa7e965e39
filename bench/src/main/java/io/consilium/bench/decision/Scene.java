package io.consilium.bench.decision;

import com.github.benmanes.caffeine.cache.Ticker;
import io.consilium.expert.Embedder;
import io.consilium.expert.Forecast;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.router.Conversations;
import io.consilium.router.Estimator;
import io.consilium.router.Learnt;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;
import io.consilium.router.SkillTags;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Rosters;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.fit.Training;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * A fitted router over made-up experts and questions of the shape of real ones: timings depend on
 * sizes, not on what was learnt.
 */
final class Scene {
  static final int DIMENSION = 384;
  private static final int POOL = 256;
  private static final String WORDS =
      "a train leaves the station at noon and travels north with constant speed how many hours"
          + " until both meet find value of integral matrix poem river city law contract cell"
          + " protein price market rate interest function returns list string output of program";

  final Roster roster;
  final Estimator estimator;
  final Planner planner = Planner.greedy();
  final List<QuestionProfile> profiles = new ArrayList<>();
  private final double[] usd;
  private final QuestionProfiler profiler;
  private final List<Question> questions = new ArrayList<>();
  private final Router router;
  private int turn;

  Scene(Method method, int experts, int recorded) {
    var random = new Random(1);
    List<String> ids = new ArrayList<>();
    for (int e = 0; e < experts; e++) {
      ids.add("expert-" + e);
    }
    roster = Rosters.of(ids);
    usd = new double[experts];
    double[] ability = new double[experts];
    for (int e = 0; e < experts; e++) {
      ability[e] = 0.3 + 0.6 * random.nextDouble();
      usd[e] = 1e-4 * Math.exp(3 * random.nextDouble());
    }
    var tags = SkillTags.shipped();
    var builder = new Records.Builder();
    ids.forEach(builder::expert);
    List<QuestionProfile> known = new ArrayList<>();
    for (int i = 0; i < recorded; i++) {
      var text = text(random) + " " + i;
      float[] vector = vector(random);
      builder.item(Item.of("i" + i, text, text, "kind " + i % 10));
      for (int e = 0; e < experts; e++) {
        builder.add("i" + i, ids.get(e), random.nextDouble() < ability[e] ? 1 : 0, usd[e], 200);
      }
      known.add(QuestionProfiler.recorded(text, tags, t -> Optional.of(vector)));
    }
    var space = TextSpace.fit(known, "made-up", DIMENSION, 1);
    estimator = method.fit(new Training(builder.build(), known, space, space.vectors(known), 1));
    for (int i = 0; i < POOL; i++) {
      var text = text(random) + " how many? " + i;
      float[] vector = vector(random);
      questions.add(Question.of(text, Terms.within(Duration.ofDays(1), Instant.now())));
      profiles.add(QuestionProfiler.recorded(text, tags, t -> Optional.of(vector)));
      space.vector(profiles.getLast()); // the text's numbers belong to the profile, timed apart
    }
    router = Router.cold(new NoEmbedder(), task -> {}, planner).with(learnt(), "made-up");
    profiler =
        new QuestionProfiler(
            new NoEmbedder(),
            tags,
            new Conversations(1_000, Ticker.systemTicker()),
            Clock.systemUTC());
  }

  /** The profile of the next question, all but its embedding. */
  QuestionProfile profile() {
    var profile = profiler.profile(questions.get(turn++ % POOL));
    profile.skills();
    return profile;
  }

  /** Forecasts of all experts and a plan for the next question. */
  Planner.Planned decide() {
    var profile = profiles.get(turn++ % POOL);
    var said = estimator.estimate(profile, roster);
    List<Forecast> forecasts = new ArrayList<>(usd.length);
    for (int e = 0; e < usd.length; e++) {
      double p = said.p(e);
      var card = roster.seats().get(e).card();
      forecasts.add(new Forecast(card.id(), p, p * 0.8, 1 - (1 - p) * 0.8, usd[e], 0, List.of()));
    }
    return planner
        .plan(
            new Planner.Case(forecasts, forecasts, "", Double.POSITIVE_INFINITY),
            Policy.BALANCED,
            turn)
        .orElseThrow();
  }

  /**
   * The route of the next question, as the service makes it: eligibility, forecasts by their means,
   * plan, intervals of the best.
   */
  Route route() {
    return router.route(profiles.get(turn++ % POOL), roster, Policy.BALANCED, turn);
  }

  /** What the estimator of this scene learnt, as a router version has it. */
  private Learnt learnt() {
    double[] tokens = new double[usd.length];
    Arrays.fill(tokens, 200);
    return new Learnt() {
      @Override
      public Estimator estimator() {
        return estimator;
      }

      @Override
      public String kind(QuestionProfile profile) {
        return "";
      }

      @Override
      public double[] tokens(QuestionProfile profile, Roster roster) {
        return tokens;
      }

      @Override
      public CoFailure coFailure() {
        return CoFailure.assumed();
      }

      @Override
      public AfterReplies afterReplies() {
        return AfterReplies.assumed();
      }

      @Override
      public OptionalDouble minimum(double risk) {
        return OptionalDouble.empty();
      }

      @Override
      public OptionalDouble minimumOfSeveral(double risk) {
        return OptionalDouble.empty();
      }
    };
  }

  private static String text(Random random) {
    var words = WORDS.split(" ");
    var text = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      text.append(words[random.nextInt(words.length)]).append(' ');
    }
    return text.append(random.nextInt(1_000)).toString();
  }

  private static float[] vector(Random random) {
    float[] vector = new float[DIMENSION];
    double norm = 0;
    for (int k = 0; k < DIMENSION; k++) {
      vector[k] = (float) random.nextGaussian();
      norm += vector[k] * vector[k];
    }
    for (int k = 0; k < DIMENSION; k++) {
      vector[k] /= (float) Math.sqrt(norm);
    }
    return vector;
  }

  /** Nobody asks for an embedding here. */
  private static final class NoEmbedder implements Embedder {
    @Override
    public String id() {
      return "none";
    }

    @Override
    public int dimension() {
      return DIMENSION;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      throw new IllegalStateException("a profile without its embedding asks for none");
    }
  }
}
