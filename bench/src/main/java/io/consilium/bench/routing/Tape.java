package io.consilium.bench.routing;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one fit of a row did with every question of a field, at every willingness to pay. The first
 * setting is λ = 0, where price does not count.
 */
public final class Tape {
  private static final double[] FREE = {0};

  /** 0, then 61 values from 1 to a million, evenly spaced in the logarithm. */
  private static final double[] SWEEP =
      IntStream.range(-1, 61).mapToDouble(i -> i < 0 ? 0 : Math.pow(10, i / 10.0)).toArray();

  private final double[] lambdas;
  private final float[][] correct; // [setting][question]
  private final float[][] cost;
  private final float[] calls; // at λ = 0
  private final float[] promised;
  private final float[][] scores; // [question][expert]
  private final boolean forecasts;

  private int @Nullable [] distinct;
  private int @Nullable [] byGain;
  private int @Nullable [] byPromise;
  private float @Nullable [][] gaps;
  private final Map<Metric, float[]> cells = new EnumMap<>(Metric.class);
  private final Map<Metric, float[]> notes = new EnumMap<>(Metric.class);

  private Tape(Field field, boolean forecasts, boolean sweeps) {
    lambdas = field.priced() && sweeps ? SWEEP : FREE;
    correct = new float[lambdas.length][field.size()];
    cost = new float[lambdas.length][field.size()];
    calls = new float[field.size()];
    promised = new float[field.size()];
    scores = new float[field.size()][];
    this.forecasts = forecasts;
  }

  /** An empty tape for a row. */
  static Tape of(Field field, Row row) {
    return new Tape(field, row.forecasts(), row.sweeps());
  }

  /** Serves one question at every setting. Questions may be recorded by several threads. */
  void record(int question, Row.Turn turn) {
    double[] all = turn.scores();
    float[] kept = new float[all == null ? 0 : all.length];
    for (int expert = 0; expert < kept.length; expert++) {
      kept[expert] = (float) (all == null ? 0 : all[expert]);
    }
    scores[question] = kept;
    turn.notes().forEach((metric, value) -> notes(metric)[question] = value.floatValue());
    for (int setting = 0; setting < lambdas.length; setting++) {
      var served = turn.serve(lambdas[setting]);
      correct[setting][question] = (float) served.correct();
      cost[setting][question] = (float) served.cost();
      if (setting == 0) {
        calls[question] = (float) served.calls();
        promised[question] = (float) served.promised();
      }
    }
  }

  /** Per question, the mean over experts of what each cell adds to a figure; do not change it. */
  synchronized float[] cells(Metric metric, Field field, Metric.Cell cell) {
    return cells.computeIfAbsent(
        metric,
        m -> {
          float[] means = new float[calls.length];
          for (int question = 0; question < means.length; question++) {
            float[] p = scores[question];
            double sum = 0;
            for (int expert = 0; expert < p.length; expert++) {
              sum += cell.of(p[expert], field.correct(question, expert));
            }
            means[question] = (float) (sum / p.length);
          }
          return means;
        });
  }

  /** Per bin and question, the mean over experts of forecast less outcome; do not change it. */
  synchronized float[][] gaps(Field field) {
    var found = gaps;
    if (found == null) {
      found = new float[Metric.BINS][calls.length];
      for (int question = 0; question < calls.length; question++) {
        float[] p = scores[question];
        for (int expert = 0; expert < p.length; expert++) {
          double gap = p[expert] - field.correct(question, expert);
          found[Metric.bin(p[expert])][question] += (float) (gap / p.length);
        }
      }
      gaps = found;
    }
    return found;
  }

  private synchronized float[] notes(Metric metric) {
    return notes.computeIfAbsent(metric, m -> new float[calls.length]);
  }

  /** The numbers noted for a metric; null when there are none. Do not change them. */
  synchronized float @Nullable [] noted(Metric metric) {
    return notes.get(metric);
  }

  /** The questions by what was promised of their answers, surest first. */
  public synchronized int[] byPromise() {
    int[] found = byPromise;
    if (found == null) {
      found =
          IntStream.range(0, promised.length)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer i) -> -promised[i]))
              .mapToInt(Integer::intValue)
              .toArray();
      byPromise = found;
    }
    return found;
  }

  int settings() {
    return lambdas.length;
  }

  /** How right the answers were at a setting; do not change it. */
  public float[] correct(int setting) {
    return correct[setting];
  }

  /** What they cost; do not change it. */
  public float[] cost(int setting) {
    return cost[setting];
  }

  /** How many calls each question took at λ = 0; do not change it. */
  public float[] calls() {
    return calls;
  }

  /** P(correct) of the answers at λ = 0 as forecast; NaN where it was not. */
  public float[] promised() {
    return promised;
  }

  /** Scores of the experts for a question; empty when the row has none. */
  float[] scores(int question) {
    return scores[question];
  }

  /** Whether the scores are probabilities of every expert. */
  boolean forecasts() {
    return forecasts && scored();
  }

  /** Whether every expert has a score for every question. */
  boolean scored() {
    return Arrays.stream(scores).allMatch(all -> all.length > 0);
  }

  /** Settings that differ from the one before; the others add nothing to a curve. */
  synchronized int[] distinct() {
    int[] found = distinct;
    if (found == null) {
      found =
          IntStream.range(0, lambdas.length)
              .filter(i ->
                  i == 0
                      || !Arrays.equals(correct[i], correct[i - 1])
                      || !Arrays.equals(cost[i], cost[i - 1]))
              .toArray();
      distinct = found;
    }
    return found;
  }

  /** How much more the second expert's score is than the first's; for pairs. */
  double gain(int question) {
    float[] pair = scores(question);
    return pair[1] - pair[0];
  }

  /** The questions by that gain, least first. */
  synchronized int[] byGain() {
    int[] found = byGain;
    if (found == null) {
      found =
          IntStream.range(0, calls.length)
              .boxed()
              .sorted(Comparator.comparingDouble(this::gain))
              .mapToInt(Integer::intValue)
              .toArray();
      byGain = found;
    }
    return found;
  }
}
