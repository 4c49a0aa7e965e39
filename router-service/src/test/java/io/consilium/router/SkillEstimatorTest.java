package io.consilium.router;

class SkillEstimatorTest extends EstimatorContract {
  private static final ColdWeights WEIGHTS = ColdWeights.shipped();
  private static final CardIndex CARDS =
      new CardIndex(Experts.EMBEDDER, SkillTags.shipped().names(), Runnable::run);

  @Override
  Estimator estimator() {
    return new SkillEstimator(CARDS, WEIGHTS.skill());
  }
}
