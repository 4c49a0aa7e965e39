package io.consilium.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Owner;
import io.consilium.expert.registry.SnapshotRegistry;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ExpertsTest {
  private final SnapshotRegistry registry = SnapshotRegistry.inMemory();
  private final AtomicBoolean broken = new AtomicBoolean();
  private final AtomicInteger connected = new AtomicInteger();

  @Test
  void anExpertIsConnectedOncePerCard() {
    registry.put(ScriptedExpert.card("a"));
    var experts = experts();
    registry.put(ScriptedExpert.card("b"));

    assertThat(experts.find("a")).isSameAs(experts.find("a"));
    assertThat(connected).hasValue(2);
  }

  @Test
  void aRetiredExpertIsGone() {
    registry.put(ScriptedExpert.card("a"));
    var experts = experts();
    registry.retire("a", Owner.API);

    assertThatThrownBy(() -> experts.find("a")).isInstanceOf(ExpertException.class);
  }

  @Test
  void anExpertThatCouldNotBeConnectedIsTriedAgainWhenAsked() {
    broken.set(true);
    registry.put(ScriptedExpert.card("a"));
    var experts = experts();
    assertThat(registry.current().find("a").orElseThrow().health().routable()).isFalse();

    broken.set(false);

    assertThat(experts.find("a")).isInstanceOf(ScriptedExpert.class);
  }

  private Experts experts() {
    return new Experts(
        registry,
        card -> {
          if (broken.get()) {
            throw new ExpertException(FailureKind.CONFIGURATION, "not yet");
          }
          connected.incrementAndGet();
          return new ScriptedExpert(
              card,
              question -> {
                throw new ExpertException(FailureKind.INTERNAL, "not asked");
              });
        },
        UnaryOperator.identity(),
        InstantSource.system());
  }
}
