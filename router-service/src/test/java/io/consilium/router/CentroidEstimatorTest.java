package io.consilium.router;

class CentroidEstimatorTest extends EstimatorContract {
  private static final CardIndex CARDS =
      new CardIndex(Experts.EMBEDDER, TopicModel.shipped(), Runnable::run);

  @Override
  Estimator estimator() {
    return new CentroidEstimator(CARDS, ColdWeights.shipped().centroid());
  }
}
