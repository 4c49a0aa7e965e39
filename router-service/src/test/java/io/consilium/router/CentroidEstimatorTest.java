package io.consilium.router;

class CentroidEstimatorTest extends EstimatorContract {
  private static final ColdWeights WEIGHTS = ColdWeights.shipped();
  private static final CardIndex CARDS =
      new CardIndex(Experts.EMBEDDER, SkillTags.shipped().names(), Runnable::run);

  @Override
  Estimator estimator() {
    return new CentroidEstimator(CARDS, WEIGHTS.centroid(), WEIGHTS.embedder());
  }
}
