package io.consilium.orchestrator.wiring;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.card.CardJson;
import io.consilium.expert.card.Company;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcAudit;
import io.consilium.expert.jdbc.JdbcCredits;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcFeedback;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.expert.jdbc.JdbcNotes;
import io.consilium.expert.jdbc.JdbcSessions;
import io.consilium.expert.jdbc.JdbcTraffic;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.Policies;
import io.consilium.orchestrator.RegisteredTools;
import io.consilium.orchestrator.ToolOffers;
import io.consilium.orchestrator.ToolReviews;
import io.consilium.orchestrator.api.AnswersController;
import io.consilium.orchestrator.api.ApiDocument;
import io.consilium.orchestrator.api.Asking;
import io.consilium.orchestrator.api.AuditController;
import io.consilium.orchestrator.api.AuditLog;
import io.consilium.orchestrator.api.Bodies;
import io.consilium.orchestrator.api.ConsoleController;
import io.consilium.orchestrator.api.DecisionReplayController;
import io.consilium.orchestrator.api.DecisionsController;
import io.consilium.orchestrator.api.DiscoveryController;
import io.consilium.orchestrator.api.Draining;
import io.consilium.orchestrator.api.EventsController;
import io.consilium.orchestrator.api.ExpertsController;
import io.consilium.orchestrator.api.FeedbackController;
import io.consilium.orchestrator.api.FrontFilter;
import io.consilium.orchestrator.api.HangUp;
import io.consilium.orchestrator.api.HealthController;
import io.consilium.orchestrator.api.KeysController;
import io.consilium.orchestrator.api.MemoryController;
import io.consilium.orchestrator.api.ModelsController;
import io.consilium.orchestrator.api.ProtectedResource;
import io.consilium.orchestrator.api.RecentDecisions;
import io.consilium.orchestrator.api.RequestMeters;
import io.consilium.orchestrator.api.RouteController;
import io.consilium.orchestrator.api.SessionController;
import io.consilium.orchestrator.api.Stage;
import io.consilium.orchestrator.api.ToolsController;
import io.consilium.orchestrator.api.TrafficController;
import io.consilium.orchestrator.api.WorkersController;
import io.consilium.orchestrator.cache.AnswerCache;
import io.consilium.orchestrator.discovery.Discovery;
import io.consilium.orchestrator.guard.CallerLimit;
import io.consilium.orchestrator.journal.Journal;
import io.consilium.orchestrator.judge.CodeRunner;
import io.consilium.orchestrator.live.Feed;
import io.consilium.orchestrator.mcp.McpCatalogue;
import io.consilium.orchestrator.mcp.McpEndpoint;
import io.consilium.orchestrator.mcp.McpTools;
import io.consilium.orchestrator.mcp.ServiceCatalogue;
import io.consilium.orchestrator.memory.Memory;
import io.consilium.orchestrator.net.ClientWatch;
import io.consilium.orchestrator.net.WatchableHttp11Protocol;
import io.consilium.orchestrator.replay.Crediting;
import io.consilium.orchestrator.replay.Rerun;
import io.consilium.orchestrator.routers.InterviewRecord;
import io.consilium.orchestrator.routers.Learner;
import io.consilium.orchestrator.security.AccessTokens;
import io.consilium.orchestrator.security.Door;
import io.consilium.orchestrator.security.Doors;
import io.consilium.orchestrator.security.KeyCheck;
import io.consilium.orchestrator.security.Sessions;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.consilium.orchestrator.workers.Workers;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.filter.RequestContextFilter;

/** The doors of the service. */
@Configuration(proxyBeanMethods = false)
class ApiWiring {
  private static final String VERSION = "0.1.0";

  @Bean
  FilterRegistrationBean<FrontFilter> frontFilter(
      KeyCheck keys, Draining draining, AuditLog audit) {
    var registration =
        new FilterRegistrationBean<>(new FrontFilter(new Doors(Door.ALL), keys, draining, audit));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  /** Spring's own, kept out of the way: the dispatcher keeps the same of every request anyway. */
  @Bean
  FilterRegistrationBean<RequestContextFilter> requestContextFilter() {
    var registration = new FilterRegistrationBean<>(new RequestContextFilter());
    registration.setEnabled(false);
    return registration;
  }

  @Bean
  KeyCheck keyCheck(
      ConsiliumSettings settings,
      JdbcKeys keys,
      Rehearsal rehearsal,
      Sessions sessions,
      Optional<AccessTokens> tokens) {
    var adminKey = settings.admin().key();
    return new KeyCheck(
        secret -> rehearsal.find(secret).or(() -> keys.find(secret)),
        sessions,
        isLoopback(settings.host()) && (adminKey == null || adminKey.isBlank()),
        tokens.orElse(null));
  }

  @Bean
  Sessions sessions(Database database, JdbcKeys keys, Clock clock) {
    return new Sessions(new JdbcSessions(database, new SecureRandom(), clock), keys);
  }

  @Bean
  @Nullable AccessTokens accessTokens(ConsiliumSettings settings) {
    return settings.mcp().oauth().tokens().orElse(null);
  }

  @Bean
  ProtectedResource protectedResource(Optional<AccessTokens> tokens) {
    return new ProtectedResource(tokens);
  }

  @Bean
  Draining draining(ConsiliumSettings settings) {
    return new Draining(settings.drain());
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "consilium.host '%s' is no address of this machine: use 127.0.0.1 for this machine only, 0.0.0.0 for all networks"
              .formatted(host),
          e);
    }
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> connector() {
    return factory -> {
      factory.setProtocol(WatchableHttp11Protocol.class.getName());
      factory.addEngineValves(new HangUp());
    };
  }

  @Bean
  ClientWatch clientWatch(MeterRegistry meters) {
    return new ClientWatch(meters);
  }

  @Bean
  Bodies bodies(ConsiliumSettings settings) {
    return new Bodies((int) settings.api().maxBody().toBytes());
  }

  @Bean
  Asking asking(
      Orchestrator orchestrator,
      Policies policies,
      Bodies bodies,
      ConsiliumSettings settings,
      Clock clock) {
    return new Asking(
        orchestrator, policies, bodies, settings.api().deadline(), settings.cacheRules(), clock);
  }

  @Bean
  AnswersController answersController(
      Orchestrator orchestrator,
      Asking asking,
      ClientWatch clients,
      Telemetry telemetry,
      Rehearsal rehearsal) {
    var stage = new Stage(asking, orchestrator, new RequestMeters(telemetry));
    return new AnswersController(
        caller -> {
          var other = rehearsal.stage(caller);
          return other == null ? stage : other;
        },
        clients);
  }

  @Bean
  ModelsController modelsController(Orchestrator orchestrator, Policies policies) {
    return new ModelsController(orchestrator, policies);
  }

  @Bean
  McpCatalogue mcpCatalogue(
      Orchestrator orchestrator,
      Asking asking,
      RecentDecisions recent,
      FeedbackController feedback,
      ExpertsController experts,
      Telemetry telemetry,
      RegisteredTools registered) {
    var tools =
        new McpTools(
            orchestrator, asking, recent, feedback, new RequestMeters(telemetry), registered);
    return new ServiceCatalogue(tools, orchestrator, experts, VERSION);
  }

  @Bean
  McpEndpoint mcpEndpoint(
      McpCatalogue catalogue,
      Bodies bodies,
      ClientWatch clients,
      ConsiliumSettings settings,
      ExpertRegistry registry,
      Draining draining,
      Clock clock) {
    var endpoint =
        new McpEndpoint(
            catalogue,
            new CallerLimit(settings.mcp().rate(), System::nanoTime),
            settings.mcp().origins(),
            bodies,
            clients,
            clock);
    endpoint.changed(registry.current());
    registry.onChange(endpoint::changed);
    draining.whenItBegins(endpoint::stopListening);
    return endpoint;
  }

  @Bean
  RouteController routeController(Orchestrator orchestrator, Asking asking) {
    return new RouteController(orchestrator, asking);
  }

  @Bean
  ExpertsController expertsController(
      ExpertRegistry registry,
      CardJson cards,
      ServiceAggregators aggregators,
      Embedder embedder,
      Bodies bodies,
      InterviewRecord interviews) {
    return new ExpertsController(
        registry,
        cards,
        () -> new Company(registry.current().cards(), aggregators.names(), embedder),
        bodies,
        interviews);
  }

  @Bean
  WorkersController workersController(Workers workers, Bodies bodies) {
    return new WorkersController(workers, bodies);
  }

  @Bean
  ToolsController toolsController(
      RegisteredTools tools, ToolReviews reviews, ExpertRegistry registry, Bodies bodies) {
    return new ToolsController(tools, reviews, registry, bodies);
  }

  @Bean
  RecentDecisions recentDecisions(Journal journal, JdbcDecisions decisions) {
    return new RecentDecisions(journal, decisions);
  }

  @Bean
  DecisionsController decisionsController(
      JdbcDecisions decisions, JdbcFeedback feedback, JdbcCredits credits, RecentDecisions recent) {
    return new DecisionsController(decisions, feedback, credits, recent);
  }

  @Bean
  FeedbackController feedbackController(
      JdbcFeedback feedback,
      RecentDecisions recent,
      Crediting crediting,
      ToolOffers tools,
      CodeRunner runner,
      Learner learner,
      AnswerCache cache,
      JdbcKeys keys,
      Memory memory,
      ConsiliumSettings settings,
      Bodies bodies,
      Clock clock) {
    return new FeedbackController(
        feedback,
        recent,
        crediting,
        tools,
        runner,
        learner,
        cache,
        keys,
        memory,
        settings.learn().thumb(),
        bodies,
        clock);
  }

  @Bean
  MemoryController memoryController(JdbcNotes notes, Memory memory, Bodies bodies, Clock clock) {
    return new MemoryController(notes, memory, bodies, clock);
  }

  @Bean
  DecisionReplayController decisionReplayController(
      RecentDecisions recent, Rerun rerun, Policies policies, Bodies bodies) {
    return new DecisionReplayController(recent, rerun, policies, bodies);
  }

  @Bean
  KeysController keysController(JdbcKeys keys, Bodies bodies, Clock clock) {
    return new KeysController(keys, bodies, clock);
  }

  @Bean
  SessionController sessionController(
      Sessions sessions, KeyCheck check, JdbcKeys keys, Bodies bodies) {
    return new SessionController(sessions, check, keys, bodies);
  }

  @Bean
  DiscoveryController discoveryController(
      ConsiliumSettings settings, ExpertRegistry registry, Bodies bodies) {
    return new DiscoveryController(
        new Discovery(settings.discovery().ports().servers(), settings.port(), System.getenv()),
        registry,
        bodies);
  }

  @Bean
  TrafficController trafficController(
      Database database, JdbcKeys keys, ExpertRegistry registry, Clock clock) {
    return new TrafficController(new JdbcTraffic(database), keys, registry, clock);
  }

  @Bean
  AuditController auditController(JdbcAudit audit) {
    return new AuditController(audit);
  }

  @Bean
  EventsController eventsController(Feed feed, Draining draining) {
    return new EventsController(feed, draining);
  }

  @Bean
  ConsoleController consoleController(ConsiliumSettings settings) {
    return new ConsoleController(settings.consoleFolder());
  }

  @Bean
  ApiDocument apiDocument() {
    return new ApiDocument();
  }

  @Bean
  HealthController healthController(ApplicationAvailability availability) {
    return new HealthController(availability);
  }
}
