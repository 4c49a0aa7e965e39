package io.consilium.aggregator.strategy;

import static io.consilium.aggregator.strategy.Heard.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.SameMeaning;
import io.consilium.aggregator.fit.Abilities;
import io.consilium.aggregator.fit.Agreement;
import io.consilium.aggregator.fit.Difficulty;
import io.consilium.aggregator.fit.Fuser;
import io.consilium.aggregator.fit.Sensitivities;
import io.consilium.aggregator.fit.Votes;
import io.consilium.expert.Embedder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Aggregators that need nobody but the replies. */
class VotesTest {
  private static final List<String> ABC = List.of("a", "b", "c");

  @Nested
  class MajorityVoteTest extends AggregatorContract {
    @Override
    Aggregator aggregator() {
      return new MajorityVote();
    }
  }

  @Nested
  class WeightedVoteTest extends AggregatorContract {
    @Override
    Aggregator aggregator() {
      return new WeightedVote();
    }

    @Override
    boolean orderMatters() {
      return true; // it stops as soon as the lead is safe, and names who was heard by then
    }
  }

  @Nested
  class MeaningTest extends AggregatorContract {
    @Override
    Aggregator aggregator() {
      return new MajorityVote(new SameMeaning(new Initials(), 0.99));
    }

    @Test
    void textsThatMeanTheSameVoteTogether() {
      var fused =
          fused(
              said("a", 0.5, "xylophones are fun"),
              said("b", 0.6, "xenon is a gas"),
              said("c", 0.9, "bears"));
      assertThat(fused.orElseThrow().text()).isEqualTo("xenon is a gas");
    }
  }

  @Nested
  class OptimalVoteTest extends AggregatorContract {
    @Override
    Aggregator aggregator() {
      return new OptimalVote();
    }

    @Test
    void oneAbleExpertOutweighsTwoThatGuess() {
      // a: log(.9/.05) = 2.89 for, log(.1/.95) = -2.25 against; b, c: log(.5/.4) = .22, log(.5/.6)
      // = -.18
      var fitted =
          new Sensitivities(ABC, new double[] {0.9, 0.5, 0.5}, new double[] {0.05, 0.4, 0.4});
      var fused =
          new OptimalVote(fitted)
              .aggregate(
                  question(),
                  Heard.of(said("a", 0.5, "1"), said("b", 0.5, "2"), said("c", 0.5, "2")),
                  piece -> {});
      assertThat(fused.orElseThrow().text()).isEqualTo("1");
    }

    @Test
    void sensitivityAndFalseAlarmsAreCounted() {
      // a names both right answers, b one of two and the wrong one once
      var fitted =
          Sensitivities.fit(
              List.of("a", "b"),
              List.of(
                  new Votes(new int[] {0, 0}, halves(2), new boolean[] {true, true}, 10),
                  new Votes(new int[] {0, 1}, halves(2), new boolean[] {true, false}, 10)));
      assertThat(fitted.sensitivity()).containsExactly(3 / 4.0, 2 / 4.0);
      assertThat(fitted.alarms()).containsExactly(0.5 / 3, 1.5 / 3);
    }
  }

  @Nested
  class SurprisingVoteTest extends AggregatorContract {
    @Override
    Aggregator aggregator() {
      return new SurprisingVote(Agreement.fit(ABC, List.of()));
    }

    @Test
    void copiesThatAlwaysAgreeCountLittle() {
      // a, b, c are copies; d and e never agree, so that they agree now is a surprise
      var rate = new double[5][5];
      for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 5; j++) {
          rate[i][j] = i == j ? 1 : i < 3 && j < 3 ? 0.99 : 0.1;
        }
      }
      var vote = new SurprisingVote(new Agreement(List.of("a", "b", "c", "d", "e"), rate));
      var fused =
          vote.aggregate(
              question(),
              Heard.of(
                  said("a", 0.5, "1"),
                  said("b", 0.5, "1"),
                  said("c", 0.5, "1"),
                  said("d", 0.5, "2"),
                  said("e", 0.5, "2")),
              piece -> {});
      // 1: each of three is foretold (2 × .99 + 2 × .0184) / 4 = .504, d and e (3 × .1 + .0184) / 4
      // = .080 each: 3 - 1.512 - .159 = 1.329; 2: 2 - 2 × (.1 + 3 × .0184) / 4 - 3 × (2 × .1 + 2 ×
      // .0002) / 4 = 1.772
      assertThat(fused.orElseThrow().text()).isEqualTo("2");
    }
  }

  @Nested
  class DawidSkeneTest extends AggregatorContract {
    @Override
    Aggregator aggregator() {
      return new DawidSkene(Abilities.fit(ABC, List.of()));
    }

    @Test
    void abilitiesAreFoundWithoutLabels() {
      double[] truth = {0.9, 0.8, 0.7, 0.5, 0.3};
      var fitted = Abilities.fit(List.of("a", "b", "c", "d", "e"), simulated(truth, 3000, 0));
      for (int e = 0; e < truth.length; e++) {
        assertThat(fitted.p()[e]).isCloseTo(truth[e], within(0.04));
      }
    }
  }

  @Nested
  class GladTest extends AggregatorContract {
    @Override
    Aggregator aggregator() {
      return new Glad(Difficulty.fit(ABC, List.of()));
    }

    @Test
    void abilitiesAreFoundInOrderWhereQuestionsDifferInDifficulty() {
      var fitted =
          Difficulty.fit(
              List.of("a", "b", "c", "d"), simulated(new double[] {2, 1.2, 0.6, 0.1}, 3000, 1));
      assertThat(fitted.alpha()[0]).isGreaterThan(fitted.alpha()[1]);
      assertThat(fitted.alpha()[1]).isGreaterThan(fitted.alpha()[2]);
      assertThat(fitted.alpha()[2]).isGreaterThan(fitted.alpha()[3]);
    }

    @Test
    void probabilitiesOfAnswersLeaveRoomForAllBeingWrong() {
      var p = Difficulty.posterior(Votes.unmarked(new int[] {0, 1, 0}, 10), new double[] {1, 1, 1});
      assertThat(p[0]).isGreaterThan(p[1]);
      assertThat(p[0] + p[1]).isLessThan(1);
    }
  }

  @Nested
  class EvidenceFusionTest extends AggregatorContract {
    @Override
    Aggregator aggregator() {
      return new EvidenceFusion();
    }

    @Override
    boolean orderMatters() {
      return true; // it stops as soon as it knows enough
    }

    @Test
    void dempstersRuleByHand() {
      // A .6 and ignorance .4 with B .5 and ignorance .5: conflict .3, the rest divided by .7
      var both =
          new Opinion(new double[] {0.6, 0}, 0.4).and(new Opinion(new double[] {0, 0.5}, 0.5));
      assertThat(both.belief()[0]).isCloseTo(0.3 / 0.7, within(1e-12));
      assertThat(both.belief()[1]).isCloseTo(0.2 / 0.7, within(1e-12));
      assertThat(both.ignorance()).isCloseTo(0.2 / 0.7, within(1e-12));
    }

    @Test
    void evidenceOfTwoTrialsIsHalfBelief() {
      var opinion = Opinion.of(2, 1, 2);
      assertThat(opinion.belief()).containsExactly(0, 0.5);
      assertThat(opinion.ignorance()).isEqualTo(0.5);
    }

    @Test
    void expertsThatKnowNothingAbstain() {
      var fused = fused(said("a", 0.02, "1"), said("b", 0.02, "2"));
      assertThat(fused.orElseThrow().refusal()).contains("ignorance 1.00");
    }

    @Test
    void itAsksNoFurtherOnceItKnows() {
      var heard =
          Heard.of(
              said("a", 0.9, "1"), said("b", 0.9, "1"), said("c", 0.9, "1"), said("d", 0.9, "1"));
      var fused = aggregator().aggregate(question(), heard, piece -> {});
      assertThat(heard.pulled).isEqualTo(2);
      assertThat(fused.orElseThrow().confidence()).isGreaterThan(0.95);
    }
  }

  @Nested
  class LearnedFusionTest extends AggregatorContract {
    @Override
    Aggregator aggregator() {
      return new LearnedFusion(Fuser.fit(ABC, simulated(new double[] {0.8, 0.6, 0.6}, 600, 0)));
    }

    @Test
    void itLearnsWhomToBelieve() {
      // c's forecast says .5 but it is nearly always right; a and b agree and are mostly wrong
      var cases = simulated(new double[] {0.3, 0.3, 0.95}, 1000, 0);
      var fused =
          new LearnedFusion(Fuser.fit(ABC, cases))
              .aggregate(
                  question(),
                  Heard.of(said("a", 0.5, "1"), said("b", 0.5, "1"), said("c", 0.5, "2")),
                  piece -> {});
      assertThat(fused.orElseThrow().text()).isEqualTo("2");
    }

    @Test
    void probabilitiesAreCalibratedOnWhatItWasFitted() {
      var cases = simulated(new double[] {0.8, 0.6, 0.5}, 2000, 0);
      var fuser = Fuser.fit(ABC, cases);
      double stated = 0;
      double right = 0;
      for (var each : cases) {
        var p = fuser.p(each);
        for (int a = 0; a < p.length; a++) {
          stated += p[a];
          right += each.isRight(a) ? 1 : 0;
        }
      }
      assertThat(stated / cases.size()).isCloseTo(right / cases.size(), within(0.03));
    }

    @Test
    void frugallyItStopsWhereNobodyElseHelps() {
      // a is always right: asking b and c brings nothing
      var fuser = Fuser.fit(ABC, simulated(new double[] {0.999, 0.5, 0.5}, 1000, 0));
      var heard = Heard.of(said("a", 0.9, "1"), said("b", 0.5, "2"), said("c", 0.5, "2"));
      var fused = new LearnedFusion(fuser, 0.01).aggregate(question(), heard, piece -> {});
      assertThat(heard.pulled).isEqualTo(1);
      assertThat(fused.orElseThrow().text()).isEqualTo("1");
    }

    @Test
    void frugallyItGoesOnWhereOthersHelp() {
      var fuser = Fuser.fit(ABC, simulated(new double[] {0.3, 0.95, 0.95}, 1000, 0));
      var heard = Heard.of(said("a", 0.5, "1"), said("b", 0.5, "2"), said("c", 0.5, "2"));
      var fused = new LearnedFusion(fuser, 0.01).aggregate(question(), heard, piece -> {});
      assertThat(heard.pulled).isGreaterThan(1);
      assertThat(fused.orElseThrow().text()).isEqualTo("2");
    }
  }

  /** A fake embedder: texts of one first letter point one way. */
  private static final class Initials implements Embedder {
    @Override
    public String id() {
      return "initials";
    }

    @Override
    public int dimension() {
      return 64;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      List<float[]> vectors = new ArrayList<>();
      for (var text : texts) {
        var vector = new float[64];
        vector[text.charAt(0) % 64] = 1;
        vectors.add(vector);
      }
      return vectors;
    }
  }

  private static double[] halves(int n) {
    var p = new double[n];
    Arrays.fill(p, 0.5);
    return p;
  }

  /** Experts that are right by their ability, and by the easiness of the question if it varies. */
  private static List<Votes> simulated(double[] ability, int n, double spread) {
    var random = new Random(5);
    List<Votes> cases = new ArrayList<>();
    for (int q = 0; q < n; q++) {
      double easy = Math.exp(spread * random.nextGaussian());
      var answer = new int[ability.length];
      var right = new boolean[ability.length];
      var seen = new ArrayList<Integer>();
      for (int e = 0; e < ability.length; e++) {
        double p = spread > 0 ? 1 / (1 + Math.exp(-ability[e] * easy)) : ability[e];
        right[e] = random.nextDouble() < p;
        int option = right[e] ? 0 : 1 + random.nextInt(9);
        if (!seen.contains(option)) {
          seen.add(option);
        }
        answer[e] = seen.indexOf(option);
      }
      cases.add(new Votes(answer, halves(ability.length), right, 10));
    }
    return cases;
  }
}
