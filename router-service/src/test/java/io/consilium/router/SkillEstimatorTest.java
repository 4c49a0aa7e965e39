package io.consilium.router;

class SkillEstimatorTest extends EstimatorContract {
  private static final CardIndex CARDS =
      new CardIndex(Experts.EMBEDDER, TopicModel.shipped(), Runnable::run);

  @Override
  Estimator estimator() {
    return new SkillEstimator(CARDS, TopicModel.shipped().names(), ColdWeights.shipped().skill());
  }
}
