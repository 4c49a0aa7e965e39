package io.consilium.router.estimator;

import io.consilium.expert.Roster;
import io.consilium.router.QuestionProfile;
import io.consilium.router.fit.Seats;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.fit.Training;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * How many tokens each expert will write in answer to a question: log length is a shared part, for
 * some questions make everybody write, and what each expert adds to it, each a ridge regression on
 * the question's vector. Prices are forecast with it.
 */
public final class OutputLength {
  /**
   * What was learnt.
   *
   * @param shared log length beyond the experts' means
   * @param own what each expert adds to that
   * @param mean log length of each expert
   * @param half half the variance that is left, by which the mean exceeds the middle
   * @param known whether any length of the expert is on record
   */
  public record State(
      List<String> experts,
      Linear shared,
      Linear own,
      double[] mean,
      double[] half,
      boolean[] known) {
    /** The expected logarithm of each expert's tokens, plus one. */
    double[] logs(float[] vector) {
      double easy = shared.of(vector)[0];
      double[] logs = own.of(vector);
      for (int e = 0; e < logs.length; e++) {
        logs[e] += mean[e] + easy;
      }
      return logs;
    }
  }

  private final TextSpace space;
  private final State state;
  private final Seats seats;

  /** Serves what was learnt in this space. */
  public OutputLength(TextSpace space, State state) {
    this.space = space;
    this.state = state;
    this.seats = new Seats(state.experts);
  }

  /** Learns from the tokens on record. */
  public static OutputLength fit(Training training) {
    return new OutputLength(training.space(), state(training));
  }

  /** All that has to be kept to serve it again in the same space. */
  public State state() {
    return state;
  }

  /**
   * The expected tokens of the expert on each seat; NaN for one without lengths on record. Without
   * a vector, each expert's mean.
   */
  public double[] tokens(QuestionProfile profile, Roster roster) {
    return each(profile, roster, (log, half) -> Math.max(0, Math.expm1(log + half)));
  }

  /** The expected logarithm of those tokens plus one; NaN where no length is on record. */
  public double[] logTokens(QuestionProfile profile, Roster roster) {
    return each(profile, roster, (log, half) -> log);
  }

  private double[] each(QuestionProfile profile, Roster roster, DoubleBinaryOperator told) {
    double[] logs = space.vector(profile).map(state::logs).orElse(state.mean);
    return Arrays.stream(seats.of(roster))
        .mapToDouble(column ->
            column < 0 || !state.known[column]
                ? Double.NaN
                : told.applyAsDouble(logs[column], state.half[column]))
        .toArray();
  }

  static State state(Training training) {
    var records = training.records();
    int items = records.items().size();
    int experts = records.experts().size();
    double[] mean = new double[experts];
    boolean[] known = new boolean[experts];
    double[][] own = new double[items][experts];
    for (int e = 0; e < experts; e++) {
      int n = 0;
      for (int i = 0; i < items; i++) {
        own[i][e] = Math.log1p(records.tokens(i, e));
        if (!Double.isNaN(own[i][e])) {
          mean[e] += own[i][e];
          n++;
        }
      }
      mean[e] = n == 0 ? 0 : mean[e] / n;
      known[e] = n > 0;
    }
    double[][] shared = new double[items][1];
    for (int i = 0; i < items; i++) {
      double sum = 0;
      int n = 0;
      for (int e = 0; e < experts; e++) {
        own[i][e] -= mean[e];
        if (!Double.isNaN(own[i][e])) {
          sum += own[i][e];
          n++;
        }
      }
      shared[i][0] = n == 0 ? Double.NaN : sum / n;
      for (int e = 0; e < experts; e++) {
        own[i][e] -= shared[i][0];
      }
    }
    int width = training.space().dimension();
    var all = Ridge.fit(training, shared, Ridge.PENALTIES);
    var each = Ridge.fit(training, own, Ridge.PENALTIES);
    boolean none = items == 0 || experts == 0;
    return new State(
        List.copyOf(records.experts()),
        none ? Linear.constant(new double[1], width) : all.linear(),
        none ? Linear.constant(new double[experts], width) : each.linear(),
        mean,
        halves(shared, own, all, each, experts),
        known);
  }

  /** Half the variance of each expert's held-out residuals. */
  private static double[] halves(
      double[][] shared, double[][] own, Ridge all, Ridge each, int experts) {
    double[] half = new double[experts];
    for (int e = 0; e < experts; e++) {
      double squares = 0;
      int n = 0;
      for (int i = 0; i < own.length; i++) {
        double residual = shared[i][0] - all.heldOut()[i][0] + own[i][e] - each.heldOut()[i][e];
        if (!Double.isNaN(residual)) {
          squares += residual * residual;
          n++;
        }
      }
      half[e] = n == 0 ? 0 : squares / n / 2;
    }
    return half;
  }
}
