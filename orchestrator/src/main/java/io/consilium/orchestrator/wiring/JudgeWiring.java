package io.consilium.orchestrator.wiring;

import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.expert.jdbc.JdbcSamples;
import io.consilium.orchestrator.Experts;
import io.consilium.orchestrator.judge.CodeRunner;
import io.consilium.orchestrator.judge.FormChecks;
import io.consilium.orchestrator.judge.Judge;
import io.consilium.orchestrator.replay.Crediting;
import io.consilium.orchestrator.routers.Anchoring;
import io.consilium.orchestrator.routers.Learner;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What judges answers without being asked. */
@Configuration(proxyBeanMethods = false)
class JudgeWiring {
  @Bean
  JdbcSamples samples(Database database) {
    return new JdbcSamples(database);
  }

  @Bean
  Anchoring anchoring(JdbcSamples samples, Clock clock) {
    return new Anchoring(samples, clock);
  }

  @Bean
  CodeRunner codeRunner(ConsiliumSettings settings) {
    return new CodeRunner(settings.checks().runner());
  }

  @Bean
  FormChecks formChecks(
      JdbcOutcomes outcomes,
      JdbcKeys keys,
      ConsiliumSettings settings,
      Clock clock,
      MeterRegistry meters) {
    return new FormChecks(
        outcomes,
        settings.checks().form(),
        decision -> keys.teaches(decision.key()),
        clock,
        meters);
  }

  @Bean
  Judge judge(
      ConsiliumSettings settings,
      Experts experts,
      JdbcSamples samples,
      JdbcDecisions decisions,
      Crediting crediting,
      JdbcKeys keys,
      Learner learner,
      Clock clock,
      MeterRegistry meters) {
    return new Judge(
        settings.checks().judge(),
        experts::find,
        samples,
        decisions,
        crediting,
        decision -> keys.teaches(decision.key()),
        learner::nudge,
        clock,
        meters);
  }
}
