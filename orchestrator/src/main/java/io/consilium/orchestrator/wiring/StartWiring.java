package io.consilium.orchestrator.wiring;

import io.consilium.adapters.openai.OpenAiExpert;
import io.consilium.aggregator.PlanRunner;
import io.consilium.expert.Decision;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.card.ExpertsFile;
import io.consilium.expert.card.Prices;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcDeclarations;
import io.consilium.expert.jdbc.JdbcFeedback;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.expert.registry.Declarations;
import io.consilium.expert.registry.HealthWatch;
import io.consilium.expert.registry.SnapshotRegistry;
import io.consilium.expert.secret.Secrets;
import io.consilium.orchestrator.Decider;
import io.consilium.orchestrator.Experts;
import io.consilium.orchestrator.Inquiries;
import io.consilium.orchestrator.Onlooker;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.Policies;
import io.consilium.orchestrator.ToolOffers;
import io.consilium.orchestrator.api.Asking;
import io.consilium.orchestrator.api.Bodies;
import io.consilium.orchestrator.api.RequestMeters;
import io.consilium.orchestrator.api.Stage;
import io.consilium.orchestrator.cache.AnswerCache;
import io.consilium.orchestrator.guard.Guards;
import io.consilium.orchestrator.guard.Timing;
import io.consilium.orchestrator.journal.Journal;
import io.consilium.orchestrator.memory.Memory;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.consilium.orchestrator.wiring.Rehearsal.Stages;
import io.consilium.orchestrator.workers.Workers;
import io.consilium.router.Conversations;
import io.consilium.router.Router;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What happens between the start and the first question. */
@Configuration(proxyBeanMethods = false)
class StartWiring {
  /** How many decisions teach again, after a restart, which tools are good for what. */
  private static final int RECALLED = 2_000;

  @Bean
  Opening opening(
      Early early,
      ConsiliumSettings settings,
      Database database,
      ExpertRegistry registry,
      Embedder embedder,
      ToolServers servers,
      Shelves shelves,
      Workers workers,
      Secrets secrets,
      OutboundRules rules,
      Policies policies,
      ServiceAggregators aggregators,
      HealthWatch health,
      Router router,
      CardVectors vectors,
      Orchestrator orchestrator,
      Timing timing,
      Rehearsal rehearsal,
      Stages stages,
      ToolOffers offers,
      JdbcDecisions decisions,
      JdbcFeedback feedback,
      JdbcKeys keys,
      Clock clock,
      Environment environment) {
    var started = clock.instant();
    return new Opening(
        settings,
        registry,
        new BundledExperts(registry, embedder),
        early.everyday(),
        servers,
        shelves,
        workers,
        settings.expertsFile().map(path -> new ExpertsFile(path, secrets, Prices.shipped(), rules)),
        database.shared()
            ? new JdbcDeclarations(database, LearningWiring.runner(settings.home()))
            : Declarations.alone(),
        policies,
        aggregators,
        embedder,
        health,
        router,
        vectors,
        orchestrator,
        timing,
        () -> {
          var port = environment.getProperty("local.server.port", Integer.class);
          if (port != null) {
            rehearsal.run(address(settings.host(), port), settings.warmUp(), stages);
          }
        },
        () ->
            offers.recall(
                newest(decisions).stream().filter(each -> keys.teaches(each.key())).toList(),
                feedback::of,
                started));
  }

  /** The newest decisions, oldest first. */
  private static List<Decision> newest(JdbcDecisions decisions) {
    List<Decision> found = new ArrayList<>();
    String next = null;
    do {
      var page = decisions.list(JdbcDecisions.Filter.ALL, JdbcDecisions.MOST, next);
      found.addAll(page.data());
      next = page.next();
    } while (next != null && found.size() < RECALLED);
    return found.reversed();
  }

  /** How this process reaches itself. */
  private static URI address(String host, int port) {
    try {
      var address = InetAddress.getByName(host);
      var reached = address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
      return new URI("http", null, reached.getHostAddress(), port, "/v1", null, null);
    } catch (UnknownHostException | URISyntaxException e) {
      throw new IllegalStateException("it listens on " + host, e);
    }
  }

  @Bean
  Rehearsal rehearsal(Clock clock) {
    return new Rehearsal(clock);
  }

  @Bean
  Stages stages(
      ConsiliumSettings settings,
      Decider decider,
      ToolOffers tools,
      PlanRunner runner,
      Conversations conversations,
      Policies policies,
      Bodies bodies,
      Embedder embedder,
      Memory memory,
      Timing timing,
      Clock clock) {
    return (card, client, folder) -> {
      var meters = new SimpleMeterRegistry();
      var telemetry = Telemetry.untraced(meters);
      var registry = SnapshotRegistry.inMemory();
      registry.put(card);
      var guards = new Guards(settings.guard(), registry, telemetry, timing);
      var experts =
          new Experts(
              registry,
              each -> new OpenAiExpert(each, client, reference -> ""),
              guards::around,
              clock);
      var journal = new Journal(folder, settings.journal(), batch -> {}, meters);
      var orchestrator =
          new Orchestrator(
              card,
              registry,
              Inquiries.NONE,
              decider,
              experts,
              tools,
              runner,
              new AnswerCache(settings.cache(), embedder, null, clock, System::nanoTime, meters),
              memory,
              conversations,
              journal,
              Onlooker.NOBODY,
              clock,
              System::nanoTime);
      var asking =
          new Asking(
              orchestrator,
              policies,
              bodies,
              settings.api().deadline(),
              settings.cacheRules(),
              clock);
      return new Rehearsal.Scene(
          new Stage(asking, orchestrator, new RequestMeters(telemetry)), List.of(experts, journal));
    };
  }
}
