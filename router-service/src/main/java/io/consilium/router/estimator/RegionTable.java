package io.consilium.router.estimator;

/**
 * How often each expert is right in each region of the question space. A region's own record is
 * drawn towards the expert's overall rate, level and contrast apart, by as much as the spread
 * between regions exceeds chance (empirical Bayes by moments): where regions do not differ beyond
 * noise, nobody is preferred for luck.
 *
 * @param p per region and expert
 * @param weight how much evidence stands behind it, 0 to 1
 */
record RegionTable(double[][] p, double[][] weight) {
  /** Pseudo-counts lie between these whatever the moments say. */
  private static final double LEAST = 5;

  private static final double MOST = 5_000;

  /**
   * Learns the table.
   *
   * @param region of each item; negative for none
   */
  static RegionTable fit(Residuals residuals, int[] region, int regions) {
    int experts = residuals.experts();
    double[] levels = new double[regions];
    double[] sizes = new double[regions];
    double[][] sums = new double[regions][experts];
    double[][] counts = new double[regions][experts];
    double levelSquares = 0;
    double contrastSquares = 0;
    double cells = 0;
    double items = 0;
    for (int i = 0; i < region.length; i++) {
      int r = region[i];
      if (r < 0) {
        continue;
      }
      boolean seen = false;
      for (int e = 0; e < experts; e++) {
        double contrast = residuals.contrast()[i][e];
        if (!Double.isNaN(contrast)) {
          sums[r][e] += contrast;
          counts[r][e]++;
          contrastSquares += contrast * contrast;
          cells++;
          seen = true;
        }
      }
      if (seen) {
        levels[r] += residuals.level()[i];
        sizes[r]++;
        levelSquares += residuals.level()[i] * residuals.level()[i];
        items++;
      }
    }
    double levelPseudo =
        pseudo(new double[][] {levels}, new double[][] {sizes}, levelSquares, items);
    double contrastPseudo = pseudo(sums, counts, contrastSquares, cells);
    double[][] p = new double[regions][experts];
    double[][] weight = new double[regions][experts];
    for (int r = 0; r < regions; r++) {
      double level = levels[r] / (sizes[r] + levelPseudo);
      for (int e = 0; e < experts; e++) {
        double contrast = sums[r][e] / (counts[r][e] + contrastPseudo);
        p[r][e] = Rates.chance(residuals.rates().mean()[e] + level + contrast);
        weight[r][e] = residuals.rates().count()[e] == 0 ? 0 : Rates.evidence(counts[r][e] + 1);
      }
    }
    return new RegionTable(p, weight);
  }

  /**
   * Noise variance over variance between cells: the pseudo-counts that shrink each cell's mean to
   * where it most likely is.
   */
  static double pseudo(double[][] sums, double[][] counts, double squares, double n) {
    double between = 0;
    int filled = 0;
    for (int r = 0; r < sums.length; r++) {
      for (int e = 0; e < sums[r].length; e++) {
        if (counts[r][e] > 0) {
          between += sums[r][e] * sums[r][e] / counts[r][e];
          filled++;
        }
      }
    }
    if (n <= filled) {
      return MOST;
    }
    double noise = (squares - between) / (n - filled);
    double spread = (between - filled * noise) / n;
    return spread <= 0 ? MOST : Math.clamp(noise / spread, LEAST, MOST);
  }
}
