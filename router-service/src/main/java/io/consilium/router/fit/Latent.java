package io.consilium.router.fit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;

/**
 * Words and word pairs as one dense unit vector: TF-IDF, cut to its largest singular directions by
 * randomised subspace iteration (Halko, Martinsson and Tropp, "Finding Structure with Randomness",
 * 2011).
 *
 * @param terms the place of each word or pair
 * @param idf how telling each is
 * @param directions per term, one after the other, its number in each direction
 * @param dimension how many directions
 */
record Latent(Map<String, Integer> terms, float[] idf, float[] directions, int dimension) {
  private static final int DIMENSION = 200;
  private static final int SPARE = 20;
  private static final int ROUNDS = 4;

  /** A direction with less is none. */
  private static final double LEAST = 1e-12;

  /** A term seen in fewer training questions says nothing about the next one. */
  private static final int RARE = 3;

  static Latent fit(List<String> texts, long seed) {
    List<Map<String, Integer>> counts = texts.stream().map(Latent::counts).toList();
    Map<String, Integer> frequency = new HashMap<>();
    for (var count : counts) {
      count.keySet().forEach(term -> frequency.merge(term, 1, Integer::sum));
    }
    Map<String, Integer> terms = new HashMap<>();
    frequency.entrySet().stream()
        .filter(entry -> entry.getValue() >= RARE)
        .map(Map.Entry::getKey)
        .sorted()
        .forEach(term -> terms.put(term, terms.size()));
    float[] idf = new float[terms.size()];
    terms.forEach((term, index) ->
        idf[index] =
            (float) (Math.log((1.0 + texts.size()) / (1.0 + frequency.getOrDefault(term, 0))) + 1));
    Sparse[] rows = counts.stream().map(count -> sparse(count, terms, idf)).toArray(Sparse[]::new);
    int dimension = Math.min(DIMENSION, Math.max(1, Math.min(rows.length, terms.size()) / 2));
    return new Latent(terms, idf, directions(rows, terms.size(), dimension, seed), dimension);
  }

  /** The leading right singular vectors of the term matrix, one row per term. */
  private static float[] directions(Sparse[] rows, int terms, int dimension, long seed) {
    int width = Math.min(dimension + SPARE, Math.max(1, Math.min(rows.length, terms)));
    var random = new Random(seed);
    double[][] basis = new double[terms][width];
    for (var row : basis) {
      for (int k = 0; k < width; k++) {
        row[k] = random.nextGaussian();
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      // made orthonormal where there are fewer rows: the questions, not their terms
      basis = back(rows, orthonormal(forth(rows, basis, width), width), terms, width);
    }
    // the basis is Xᵀ Q: with VᵀV = U Λ Uᵀ its singular directions are V U Λ^-½
    var eigen = DecompositionFactory_DDRM.eig(width, true, true);
    eigen.decompose(gram(basis, width));
    Integer[] order = new Integer[width];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order, (a, b) -> Double.compare(eigen.getEigenvalue(b).real, eigen.getEigenvalue(a).real));
    double[][] turn = new double[width][dimension];
    for (int k = 0; k < dimension; k++) {
      var vector = eigen.getEigenVector(order[k]);
      double value = eigen.getEigenvalue(order[k]).real;
      double length = value > LEAST ? Math.sqrt(value) : Double.POSITIVE_INFINITY;
      for (int j = 0; j < width; j++) {
        turn[j][k] = vector.get(j, 0) / length;
      }
    }
    float[] directions = new float[terms * dimension];
    double[] turned = new double[dimension];
    for (int term = 0; term < terms; term++) {
      Arrays.fill(turned, 0);
      Gram.addAll(turned, basis[term], turn);
      for (int k = 0; k < dimension; k++) {
        directions[term * dimension + k] = (float) turned[k];
      }
    }
    return directions;
  }

  private static double[][] forth(Sparse[] rows, double[][] basis, int width) {
    double[][] product = new double[rows.length][width];
    for (int i = 0; i < rows.length; i++) {
      var row = rows[i];
      for (int t = 0; t < row.terms.length; t++) {
        double value = row.values[t];
        double[] from = basis[row.terms[t]];
        double[] to = product[i];
        for (int k = 0; k < width; k++) {
          to[k] += value * from[k];
        }
      }
    }
    return product;
  }

  private static double[][] back(Sparse[] rows, double[][] left, int terms, int width) {
    double[][] product = new double[terms][width];
    for (int i = 0; i < rows.length; i++) {
      var row = rows[i];
      for (int t = 0; t < row.terms.length; t++) {
        double value = row.values[t];
        double[] to = product[row.terms[t]];
        double[] from = left[i];
        for (int k = 0; k < width; k++) {
          to[k] += value * from[k];
        }
      }
    }
    return product;
  }

  private static DMatrixRMaj gram(double[][] rows, int width) {
    var gram = new DMatrixRMaj(width, width);
    Gram.addSquares(gram.data, rows, width);
    return gram;
  }

  /** Columns made orthonormal through the Cholesky factor of their Gram matrix. */
  private static double[][] orthonormal(double[][] rows, int width) {
    var gram = gram(rows, width);
    double trace = CommonOps_DDRM.trace(gram);
    for (int k = 0; k < width; k++) {
      gram.add(k, k, 1e-12 * trace + 1e-30);
    }
    var factor = DecompositionFactory_DDRM.chol(width, false); // upper: gram = RᵀR
    if (!factor.decompose(gram)) {
      throw new IllegalStateException("the term matrix has no directions left");
    }
    var inverse = new DMatrixRMaj(width, width);
    CommonOps_DDRM.invert(factor.getT(null), inverse);
    double[][] turn = new double[width][width];
    for (int a = 0; a < width; a++) {
      System.arraycopy(inverse.data, a * width, turn[a], 0, width);
    }
    double[][] product = new double[rows.length][width];
    for (int i = 0; i < rows.length; i++) {
      Gram.addAll(product[i], rows[i], turn);
    }
    return product;
  }

  /** Writes the unit vector of a text's words into {@code vector} from {@code offset}. */
  void into(String text, float[] vector, int offset) {
    var row = sparse(counts(text), terms, idf);
    double[] sum = new double[dimension];
    for (int t = 0; t < row.terms.length; t++) {
      int from = row.terms[t] * dimension;
      for (int k = 0; k < dimension; k++) {
        sum[k] += row.values[t] * directions[from + k];
      }
    }
    double norm = 0;
    for (double value : sum) {
      norm += value * value;
    }
    if (norm > 0) {
      for (int k = 0; k < dimension; k++) {
        vector[offset + k] = (float) (sum[k] / Math.sqrt(norm));
      }
    }
  }

  private record Sparse(int[] terms, double[] values) {}

  private static Sparse sparse(
      Map<String, Integer> count, Map<String, Integer> terms, float[] idf) {
    int[] indices = new int[count.size()];
    double[] values = new double[count.size()];
    int size = 0;
    double norm = 0;
    for (var entry : count.entrySet()) {
      var term = terms.get(entry.getKey());
      if (term != null) {
        double value = (1 + Math.log(entry.getValue())) * idf[term];
        indices[size] = term;
        values[size++] = value;
        norm += value * value;
      }
    }
    for (int t = 0; t < size; t++) {
      values[t] /= Math.sqrt(norm);
    }
    return new Sparse(Arrays.copyOf(indices, size), Arrays.copyOf(values, size));
  }

  /** Words, digits one by one, symbols, and pairs of neighbours. */
  private static Map<String, Integer> counts(String text) {
    Map<String, Integer> counts = new HashMap<>();
    String before = null;
    int i = 0;
    while (i < text.length()) {
      char c = Character.toLowerCase(text.charAt(i));
      if (Character.isWhitespace(c)) {
        i++;
        continue;
      }
      int start = i++;
      if (Character.isLetter(c)) {
        while (i < text.length() && Character.isLetter(text.charAt(i))) {
          i++;
        }
      }
      var token = text.substring(start, i).toLowerCase(Locale.ROOT);
      counts.merge(token, 1, Integer::sum);
      if (before != null) {
        counts.merge(before + ' ' + token, 1, Integer::sum);
      }
      before = token;
    }
    return counts;
  }
}
