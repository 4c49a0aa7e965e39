package io.consilium.router.estimator;

import io.consilium.router.fit.Method;
import java.util.List;

/** Every method that is fitted from records alone, in the order of reports. */
public final class Methods {
  private static final List<Method> ALL =
      List.of(
          new LabelTableEstimator(),
          new RidgeEstimator(),
          new KernelEstimator(),
          new NeighbourEstimator(),
          new NeighbourhoodEstimator(),
          new ClusterEstimator(),
          new PilotEstimator(),
          new SkillProfileEstimator(),
          new DomainEstimator(),
          new CategoryEstimator(),
          new BenchmarkEstimator(),
          new TreeEstimator(),
          new ProjectionEstimator(),
          new UniRouteEstimator(),
          new CarrotEstimator(),
          new AvengersProEstimator(),
          new LocusEstimator(),
          new RouterDcEstimator(),
          new DeferralEstimator());

  private Methods() {}

  /** All of them. */
  public static List<Method> all() {
    return ALL;
  }
}
