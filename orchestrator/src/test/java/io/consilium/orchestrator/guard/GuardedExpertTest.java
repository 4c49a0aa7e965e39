package io.consilium.orchestrator.guard;

import io.consilium.expert.Answer;
import io.consilium.expert.Expert;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ExpertContract;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;

/** A guarded expert is an expert like any other. */
class GuardedExpertTest extends ExpertContract {
  private final Scene scene = new Scene();
  private final Timing system = Timing.system();
  private final Timing timing =
      new Timing(system.clock(), system.nanos(), system.scheduler(), time -> {}, () -> 0.5);

  @AfterEach
  void end() {
    timing.scheduler().shutdownNow();
    scene.close();
  }

  private Expert guarded(Expert expert) {
    return new Guards(
            GuardSettings.DEFAULT,
            scene.registry,
            Telemetry.untraced(new SimpleMeterRegistry()),
            timing)
        .around(expert);
  }

  @Override
  protected Expert expert() {
    return guarded(
        new ScriptedExpert(
            ScriptedExpert.card("guarded"),
            InstantSource.system(),
            question -> Answer.of("Five it is.", Usage.NONE)));
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Override
  protected Optional<Expert> waiting() {
    return Optional.of(
        guarded(
            ScriptedExpert.waiting(
                "waiting", InstantSource.system(), new CountDownLatch(1), "never")));
  }

  @Override
  protected List<Expert> failing() {
    return Arrays.stream(FailureKind.values())
        .map(kind -> guarded(ScriptedExpert.failing(kind.name(), kind)))
        .toList();
  }
}
