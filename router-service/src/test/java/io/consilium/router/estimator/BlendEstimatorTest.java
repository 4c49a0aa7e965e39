package io.consilium.router.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.blend.BlendEstimator;
import io.consilium.router.blend.FittedRouter;
import io.consilium.router.fit.Method;
import io.consilium.router.records.Answers;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class BlendEstimatorTest extends MethodContract {
  @Override
  Method method() {
    return BlendEstimator.standard();
  }

  @Test
  void explainsItselfByWhatEveryPartSaid() {
    var fitted = method().fit(Generated.TRAINING);
    var said =
        fitted.estimate(
            Generated.profile("flour butter oven dough"), Generated.roster(Generated.EXPERTS));
    assertThat(said.why(0, "blend"))
        .extracting(reason -> reason.estimator())
        .containsExactly("label_table", "ridge", "kernel", "neighbourhood", "cluster");
    for (int seat = 0; seat < said.size(); seat++) {
      assertThat(said.low(seat)).isLessThanOrEqualTo(said.p(seat));
      assertThat(said.high(seat)).isGreaterThanOrEqualTo(said.p(seat));
    }
  }

  @Test
  void isReadBackAsItWasWritten() {
    var records = Generated.TRAINING.records();
    var progress = new ArrayList<Double>();
    var router =
        FittedRouter.fit(
            records,
            new Answers(),
            Generated.TRAINING.profiles(),
            "words",
            Generated.DIMENSION,
            1,
            progress::add);
    var again = FittedRouter.read(router.write());
    var roster = Generated.roster(Generated.EXPERTS);
    for (var question : new String[] {"oven butter", "court clause", "tide"}) {
      var before = router.estimator().estimate(Generated.profile(question), roster);
      var after = again.estimator().estimate(Generated.profile(question), roster);
      for (int seat = 0; seat < roster.seats().size(); seat++) {
        assertThat(after.p(seat)).isCloseTo(before.p(seat), within(1e-12));
        assertThat(after.low(seat)).isCloseTo(before.low(seat), within(1e-12));
      }
    }
    assertThat(again.fingerprint()).isEqualTo(router.fingerprint()).hasSize(64);
    assertThat(again.metrics()).containsEntry("brier", router.metrics().get("brier"));
    assertThat(again.metrics().get("accuracy"))
        .isGreaterThan(again.metrics().get("best_single_accuracy"));
    assertThat(progress).isSorted().last().isEqualTo(1.0);
  }
}
