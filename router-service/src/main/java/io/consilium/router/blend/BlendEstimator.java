package io.consilium.router.blend;

import io.consilium.expert.Forecast;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.estimator.ClusterEstimator;
import io.consilium.router.estimator.FittedEstimator;
import io.consilium.router.estimator.FittedState;
import io.consilium.router.estimator.KernelEstimator;
import io.consilium.router.estimator.LabelTableEstimator;
import io.consilium.router.estimator.NeighbourhoodEstimator;
import io.consilium.router.estimator.RidgeEstimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import io.consilium.router.records.QuestionHash;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The default estimator: stacks the others on held-out folds (Wolpert, "Stacked Generalization",
 * 1992) and calibrates what comes out. See {@link Stack} for how.
 *
 * <p>Not for fewer than a few dozen questions with known outcomes: nothing can be held out then,
 * and the first part speaks alone.
 */
public final class BlendEstimator implements Method {
  /** Of fewer items none are held out. */
  private static final int FEW = 50;

  private static final int FOLDS = 5;

  private final List<Method> parts;

  /**
   * A blend.
   *
   * @param parts whom to stack; the first is the plain table whose choice the others must beat
   */
  public BlendEstimator(List<Method> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a blend needs parts");
    }
    this.parts = List.copyOf(parts);
  }

  /** The blend that serves. */
  public static BlendEstimator standard() {
    return new BlendEstimator(
        List.of(
            new LabelTableEstimator(),
            new RidgeEstimator(),
            new KernelEstimator(),
            new NeighbourhoodEstimator(),
            new ClusterEstimator()));
  }

  /** The same blend without a part. */
  public BlendEstimator without(String part) {
    return new BlendEstimator(parts.stream().filter(each -> !each.name().equals(part)).toList());
  }

  /**
   * What was learnt.
   *
   * @param names of the parts
   * @param parts what each learnt
   * @param stack how they are combined
   */
  public record State(
      List<String> experts, List<String> names, List<FittedState> parts, Stack stack)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      List<Estimates> all = parts.stream().map(part -> part.at(vector)).toList();
      double[][] said = all.stream().map(State::chances).toArray(double[][]::new);
      var combined = stack.combine(said);
      double[] weight = new double[combined.p().length];
      for (var each : all) {
        for (int e = 0; e < weight.length; e++) {
          weight[e] = Math.max(weight[e], each.weight(e));
        }
      }
      return Estimates.of(combined.p(), weight, e -> "stacked on held-out outcomes")
          .between(combined.low(), combined.high())
          .because(e -> why(all, e));
    }

    private List<Forecast.Reason> why(List<Estimates> all, int expert) {
      return IntStream.range(0, names.size())
          .mapToObj(k -> {
            var said = all.get(k).get(expert);
            return new Forecast.Reason(
                names.get(k), said.p(), Math.min(1, stack.contrasts()[k]), said.note());
          })
          .toList();
    }

    private static double[] chances(Estimates estimates) {
      return IntStream.range(0, estimates.size()).mapToDouble(estimates::p).toArray();
    }
  }

  @Override
  public String name() {
    return "blend";
  }

  @Override
  public String input() {
    return "held-out forecasts of "
        + String.join(", ", parts.stream().map(Method::name).toList())
        + "; outcomes";
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Estimator fit(Training training) {
    return fitWithHeldOut(training).estimator();
  }

  /**
   * A fit, and what it would have said of its own training questions.
   *
   * @param estimator what {@link #fit} gives
   * @param heldOut P(correct) by question and expert: each part had not seen the question; only the
   *     few weights of the stack had
   */
  public record WithHeldOut(Estimator estimator, double[][] heldOut) {}

  /** Fits, and keeps the forecasts of held-out folds, which stacking makes anyway. */
  public WithHeldOut fitWithHeldOut(Training training) {
    var records = training.records();
    int items = records.items().size();
    if (items < FEW || records.experts().isEmpty()) {
      var first = fitted(training, Stack.ofFirst(parts.size(), records.experts().size()));
      double[][] own = new double[items][];
      for (int i = 0; i < items; i++) {
        own[i] = State.chances(first.state().at(training.vectors().get(i)));
      }
      return new WithHeldOut(first, own);
    }
    int[] fold =
        records.items().stream().mapToInt(item -> QuestionHash.inner(item.hash(), FOLDS)).toArray();
    double[][][] said = new double[parts.size()][items][];
    for (int f = 0; f < FOLDS; f++) {
      int held = f;
      int[] rest = IntStream.range(0, items).filter(i -> fold[i] != held).toArray();
      int[] out = IntStream.range(0, items).filter(i -> fold[i] == held).toArray();
      if (out.length == 0) {
        continue; // the training part is itself a fold short
      }
      var inner = training.rows(rest);
      for (int k = 0; k < parts.size(); k++) {
        var part = parts.get(k);
        var fitted = state(part, inner.fit(part));
        for (int i : out) {
          said[k][i] = State.chances(fitted.at(training.vectors().get(i)));
        }
      }
    }
    var stack = Stack.fit(records, said);
    double[][] heldOut = new double[items][];
    for (int i = 0; i < items; i++) {
      heldOut[i] = stack.combine(Stack.at(said, i)).p();
    }
    return new WithHeldOut(fitted(training, stack), heldOut);
  }

  private FittedEstimator fitted(Training training, Stack stack) {
    List<FittedState> states = new ArrayList<>();
    for (var part : parts) {
      states.add(state(part, training.fit(part)));
    }
    var state =
        new State(
            List.copyOf(training.records().experts()),
            parts.stream().map(Method::name).toList(),
            List.copyOf(states),
            stack);
    return new FittedEstimator(name(), training.space(), state);
  }

  private static FittedState state(Method part, Estimator estimator) {
    if (!(estimator instanceof FittedEstimator fitted)) {
      throw new IllegalArgumentException(part.name() + " cannot be written down, so not blended");
    }
    return fitted.state();
  }
}
