package io.consilium.orchestrator.wiring;

import io.consilium.adapters.langchain4j.LangChain4jModels;
import io.consilium.adapters.openai.OpenAiClient;
import io.consilium.adapters.openai.OpenAiModels;
import io.consilium.adapters.springai.SpringAiModels;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcApprovedTools;
import io.consilium.expert.registry.HealthWatch;
import io.consilium.expert.secret.Secrets;
import io.consilium.orchestrator.ToolReviews;
import io.consilium.orchestrator.guard.Timing;
import io.consilium.orchestrator.workers.Workers;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How experts are reached, and whether they can be. */
@Configuration(proxyBeanMethods = false)
class ConnectionWiring {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration PROVIDER_SILENCE = Duration.ofMinutes(10);
  private static final Duration PROBE = Duration.ofSeconds(5);

  @Bean(destroyMethod = "close")
  OpenAiClient openAiClient(OutboundRules rules) {
    return new OpenAiClient(rules::check);
  }

  @Bean
  JdbcApprovedTools approvedTools(Database database) {
    return new JdbcApprovedTools(database);
  }

  @Bean
  ToolReviews toolReviews(JdbcApprovedTools approved, ExpertRegistry registry, Clock clock) {
    return new ToolReviews(approved, registry, clock);
  }

  @Bean
  ToolServers toolServers(ToolReviews reviews, Secrets secrets, Early early, Clock clock) {
    var servers = new ToolServers(reviews, secrets::resolve, clock);
    servers.add(early.everyday());
    return servers;
  }

  @Bean(destroyMethod = "close")
  Workers workers(ExpertRegistry registry, Secrets secrets, OutboundRules rules, Clock clock) {
    return new Workers(registry, secrets::resolve, rules, clock);
  }

  @Bean
  Shelves shelves(ExpertRegistry registry, Database database, CachedEmbedder kept) {
    return new Shelves(registry, database, kept);
  }

  @Bean
  ExpertWiring expertWiring(
      OpenAiClient client,
      Secrets secrets,
      Embedder embedder,
      ToolServers servers,
      ToolReviews reviews,
      Shelves shelves,
      OutboundRules rules,
      ApplicationContext application,
      Clock clock) {
    return new ExpertWiring(
        client,
        secrets,
        embedder,
        servers,
        reviews,
        shelves,
        new LangChain4jModels(secrets::resolve, rules::check, CONNECT, PROVIDER_SILENCE, clock),
        new SpringAiModels(
            name ->
                application.containsBean(name)
                    ? Optional.of(application.getBean(name))
                    : Optional.empty(),
            clock),
        clock);
  }

  @Bean(destroyMethod = "")
  Timing timing() {
    return Timing.system();
  }

  @Bean
  HealthWatch healthWatch(
      ExpertRegistry registry,
      OpenAiClient client,
      Secrets secrets,
      ToolServers servers,
      Clock clock) {
    var probes = new Probes(new OpenAiModels(client, secrets::resolve, PROBE), servers, clock);
    return new HealthWatch(
        registry, probes::of, task -> Thread.ofVirtual().name("probe").start(task), clock);
  }
}
