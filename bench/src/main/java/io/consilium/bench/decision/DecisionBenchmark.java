package io.consilium.bench.decision;

import io.consilium.expert.Route;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfile;
import io.consilium.router.blend.BlendEstimator;
import io.consilium.router.estimator.RidgeEstimator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The parts of a decision. To time another estimator, name its method in one of the states. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecisionBenchmark {
  /** A hundred experts, the blend that serves but for its neighbours. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls what is marked with Setup first
  public static class Hundred {
    private Scene scene;

    @Setup
    public void fit() {
      scene = new Scene(BlendEstimator.standard().without("neighbourhood"), 100, 1_000);
    }
  }

  /** A hundred experts, 10,000 recorded questions, the blend that serves. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls what is marked with Setup first
  public static class Neighbours {
    private Scene scene;

    @Setup
    public void fit() {
      scene = new Scene(BlendEstimator.standard(), 100, 10_000);
    }
  }

  /** Ten thousand experts, a linear estimator: a blend of so many takes minutes to fit. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls what is marked with Setup first
  public static class TenThousand {
    private Scene scene;

    @Setup
    public void fit() {
      scene = new Scene(new RidgeEstimator(), 10_000, 200);
    }
  }

  @Benchmark
  public QuestionProfile profile(Hundred state) {
    return state.scene.profile();
  }

  @Benchmark
  public Planner.Planned decide(Hundred state) {
    return state.scene.decide();
  }

  @Benchmark
  public Planner.Planned decideByNeighbours(Neighbours state) {
    return state.scene.decide();
  }

  @Benchmark
  public Planner.Planned decideAmongTenThousand(TenThousand state) {
    return state.scene.decide();
  }

  @Benchmark
  public Route routeAmongTenThousand(TenThousand state) {
    return state.scene.route();
  }
}
