package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.List;

/**
 * Regions of the question space by k-means, and each expert's success in the question's own
 * (Avengers, Zhang et al. 2025, arXiv 2505.19797), drawn towards its overall rate. Regions are few,
 * so that each holds enough outcomes to tell experts apart.
 *
 * <p>Not for records of one narrow subject: regions then differ by nothing that experts differ in.
 */
public final class ClusterEstimator implements Method {
  private static final int REGIONS = 24;

  /** Questions wanted in a region on average. */
  private static final int CROWD = 60;

  /** What was learnt. */
  record State(List<String> experts, Regions regions, RegionTable table) implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      int region = regions.nearest(vector);
      if (region < 0) {
        return Estimates.none(experts.size());
      }
      return Estimates.of(
          table.p()[region],
          table.weight()[region],
          e -> "region %d of %d questions".formatted(region, regions.sizes()[region]));
    }
  }

  @Override
  public String name() {
    return "cluster";
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public String input() {
    return "outcomes in few regions, question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training, REGIONS));
  }

  static State state(Training training, int most) {
    int k = Math.clamp(training.vectors().size() / CROWD, 1, most);
    var regions = Regions.fit(training.vectors(), training.space().likeness(), k, training.seed());
    var residuals = Residuals.of(training.records());
    return new State(
        List.copyOf(training.records().experts()),
        regions,
        RegionTable.fit(residuals, regions.of(training.vectors()), regions.count()));
  }
}
