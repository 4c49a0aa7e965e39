package io.consilium.expert.index;

/**
 * Rows of numbers in one byte each, and how far each row lies from what its bytes say. A scan of
 * them reads a quarter of what the numbers themselves take, and bounds every dot product from both
 * sides, so that few rows need be computed exactly and none of the best is missed.
 */
final class QuantisedRows {
  private static final DotProduct DOT = DotProduct.best();
  private static final int RANGE = 127;

  private final int dimension;
  private final byte[] codes;
  private final float[] scales;
  private final float[] errors;
  private final float longest;

  /** Of rows one after the other. */
  QuantisedRows(float[] rows, int dimension) {
    int count = rows.length / dimension;
    this.dimension = dimension;
    this.codes = new byte[rows.length];
    this.scales = new float[count];
    this.errors = new float[count];
    double most = 0;
    for (int row = 0; row < count; row++) {
      int from = row * dimension;
      float largest = 0;
      double norm = 0;
      for (int i = from; i < from + dimension; i++) {
        largest = Math.max(largest, Math.abs(rows[i]));
        norm += (double) rows[i] * rows[i];
      }
      float scale = largest / RANGE;
      double error = 0;
      for (int i = from; i < from + dimension; i++) {
        codes[i] = (byte) (scale == 0 ? 0 : Math.round(rows[i] / scale));
        double off = rows[i] - (double) scale * codes[i];
        error += off * off;
      }
      scales[row] = scale;
      errors[row] = (float) Math.sqrt(error);
      most = Math.max(most, norm);
    }
    this.longest = (float) Math.sqrt(most);
  }

  /** A query against every row. */
  Scan scan(float[] query) {
    return new Scan(query);
  }

  /** Bounds of a query's dot product with every row. */
  final class Scan {
    private final float[] middle = new float[scales.length];
    private final float length;
    private final float slack;

    private Scan(float[] query) {
      float largest = 0;
      for (float number : query) {
        largest = Math.max(largest, Math.abs(number));
      }
      float scale = largest / DotProduct.QUERY_RANGE;
      var coded = new short[dimension];
      double error = 0;
      double norm = 0;
      for (int i = 0; i < dimension; i++) {
        coded[i] = (short) (scale == 0 ? 0 : Math.round(query[i] / scale));
        double off = query[i] - (double) scale * coded[i];
        error += off * off;
        norm += (double) scale * coded[i] * scale * coded[i];
      }
      // q·x = q'·x' + q'·(x - x') + (q - q')·x, by Cauchy and Schwarz; a little for rounding
      this.length = (float) Math.sqrt(norm);
      this.slack = (float) Math.sqrt(error) * longest + 1e-5f;
      for (int row = 0; row < middle.length; row++) {
        middle[row] = scale * scales[row] * DOT.of(coded, codes, row * dimension);
      }
    }

    /** About the dot product: between the bounds. */
    float middle(int row) {
      return middle[row];
    }

    float least(int row) {
      return middle[row] - length * errors[row] - slack;
    }

    float most(int row) {
      return middle[row] + length * errors[row] + slack;
    }
  }
}
