package io.consilium.expert.index;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of one length in one flat array, by position, and which of them lie nearest to a query.
 * With a byte per number beside them ("quantised"), a search reads a quarter of the memory and
 * computes few dot products exactly; what it finds is the same. Immutable: the array is not copied,
 * so nobody may change it afterwards.
 */
public final class Rows {
  private static final DotProduct DOT = DotProduct.best();

  private final float[] numbers;
  private final int dimension;
  private final @Nullable QuantisedRows quantised;

  private Rows(float[] numbers, int dimension, @Nullable QuantisedRows quantised) {
    this.numbers = numbers;
    this.dimension = dimension;
    this.quantised = quantised;
  }

  /**
   * Rows one after the other.
   *
   * @param dimension the length of a row, at least 1
   * @param quantise whether bytes are kept beside them; pays from about two thousand rows on
   */
  public static Rows of(float[] numbers, int dimension, boolean quantise) {
    return new Rows(numbers, dimension, quantise ? new QuantisedRows(numbers, dimension) : null);
  }

  /** How many there are. */
  public int size() {
    return numbers.length / dimension;
  }

  /** All of them, one after the other. */
  float[] numbers() {
    return numbers;
  }

  /** The dot product of a query with one row. */
  public float dot(float[] query, int row) {
    return DOT.of(query, numbers, row * dimension);
  }

  /**
   * The dot product of a query with every row: exactly, or where bytes are kept, about; of unit
   * vectors then within some thousandths.
   */
  public double[] about(float[] query) {
    double[] all = new double[size()];
    var bytes = quantised;
    if (bytes == null) {
      for (int row = 0; row < all.length; row++) {
        all[row] = dot(query, row);
      }
    } else {
      var scan = bytes.scan(query);
      for (int row = 0; row < all.length; row++) {
        all[row] = scan.middle(row);
      }
    }
    return all;
  }

  /**
   * The rows with the largest dot products.
   *
   * @param rows their positions, best first; ties in order of position
   * @param scores the dot products, exactly
   */
  public record Nearest(int[] rows, float[] scores) {}

  /** Up to {@code limit} rows with the largest dot products. */
  public Nearest nearest(float[] query, int limit) {
    var best =
        new PriorityQueue<Ranked>(
            Comparator.comparingDouble(Ranked::score)
                .thenComparing(Ranked::row, Comparator.reverseOrder()));
    int size = size();
    var bounds = quantised == null ? null : quantised.scan(query);
    float enough = bounds == null ? Float.NEGATIVE_INFINITY : enough(bounds, size, limit);
    for (int row = 0; row < size; row++) {
      if (bounds != null && bounds.most(row) < enough) {
        continue;
      }
      float score = dot(query, row);
      if (best.size() < limit) {
        best.add(new Ranked(row, score));
      } else if (limit > 0 && score > best.element().score) {
        best.remove();
        best.add(new Ranked(row, score));
      }
    }
    int[] rows = new int[best.size()];
    float[] scores = new float[rows.length];
    for (int rank = rows.length - 1; rank >= 0; rank--) {
      var ranked = best.remove();
      rows[rank] = ranked.row;
      scores[rank] = ranked.score;
    }
    return new Nearest(rows, scores);
  }

  private record Ranked(int row, float score) {}

  /** So many rows reach at least this. */
  private static float enough(QuantisedRows.Scan bounds, int size, int limit) {
    if (limit < 1 || limit > size) {
      return Float.NEGATIVE_INFINITY;
    }
    var best = new PriorityQueue<Float>();
    for (int row = 0; row < limit; row++) {
      best.add(bounds.least(row));
    }
    float least = best.element();
    for (int row = limit; row < size; row++) {
      if (bounds.least(row) > least) {
        best.remove();
        best.add(bounds.least(row));
        least = best.element();
      }
    }
    return least;
  }
}
