package io.consilium.orchestrator.wiring;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.card.ExpertsFile;
import io.consilium.expert.card.Prices;
import io.consilium.expert.registry.HealthWatch;
import io.consilium.expert.secret.Secrets;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.Policies;
import io.consilium.orchestrator.guard.Timing;
import io.consilium.router.Router;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What happens between the start and the first question. */
@Configuration(proxyBeanMethods = false)
class StartWiring {
  @Bean
  Opening opening(
      Early early,
      ConsiliumSettings settings,
      ExpertRegistry registry,
      Embedder embedder,
      ToolServers servers,
      Shelves shelves,
      Secrets secrets,
      OutboundRules rules,
      Policies policies,
      HealthWatch health,
      Router router,
      CardVectors vectors,
      Orchestrator orchestrator,
      Timing timing) {

    return new Opening(
        settings,
        registry,
        new BundledExperts(registry, embedder),
        early.everyday(),
        servers,
        shelves,
        settings.expertsFile().map(path -> new ExpertsFile(path, secrets, Prices.shipped(), rules)),
        policies,
        health,
        router,
        vectors,
        orchestrator,
        timing);
  }
}
