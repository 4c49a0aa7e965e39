package io.consilium.orchestrator.wiring;

import io.consilium.aggregator.PlanRunner;
import io.consilium.expert.Embedder;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Provider;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcAnswers;
import io.consilium.expert.jdbc.JdbcAudit;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcNotes;
import io.consilium.expert.jdbc.JdbcToolQuestions;
import io.consilium.expert.registry.HealthWatch;
import io.consilium.orchestrator.Decider;
import io.consilium.orchestrator.Experts;
import io.consilium.orchestrator.Inquiries;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.PaidInquiries;
import io.consilium.orchestrator.Policies;
import io.consilium.orchestrator.RegisteredTools;
import io.consilium.orchestrator.ToolOffers;
import io.consilium.orchestrator.ToolQuestions;
import io.consilium.orchestrator.api.AuditLog;
import io.consilium.orchestrator.cache.AnswerCache;
import io.consilium.orchestrator.cache.SharedAnswers;
import io.consilium.orchestrator.guard.Guards;
import io.consilium.orchestrator.guard.Timing;
import io.consilium.orchestrator.journal.Journal;
import io.consilium.orchestrator.judge.FormChecks;
import io.consilium.orchestrator.live.Feed;
import io.consilium.orchestrator.live.Noticing;
import io.consilium.orchestrator.memory.Memory;
import io.consilium.orchestrator.routers.RouterVersions;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.consilium.orchestrator.telemetry.Tracing;
import io.consilium.orchestrator.workers.Workers;
import io.consilium.router.Conversations;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.estimator.BidEstimator;
import io.consilium.router.estimator.InstructionEstimator;
import io.consilium.tools.ToolNeed;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The whole application: what is kept, who is chosen, who answers, and the doors. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConsiliumSettings.class)
@Import({
  StoreWiring.class,
  RouterWiring.class,
  ConnectionWiring.class,
  ApiWiring.class,
  LearningWiring.class,
  BatchWiring.class,
  JudgeWiring.class,
  StartWiring.class
})
public class ServiceWiring {
  private static final Duration A_WHILE = Duration.ofMinutes(1);

  @Bean
  Policies policies(ConsiliumSettings settings) {
    return new Policies(settings.namedPolicies());
  }

  @Bean
  Tracing tracing(ConsiliumSettings settings) {
    return new Tracing(settings.tracing());
  }

  @Bean
  Telemetry telemetry(MeterRegistry meters, Tracing tracing) {
    return new Telemetry(meters, tracing.tracer());
  }

  @Bean
  Guards guards(ConsiliumSettings settings, HealthWatch watch, Telemetry telemetry, Timing timing) {
    return new Guards(settings.guard(), watch.forBreakers(), telemetry, timing);
  }

  @Bean
  Experts experts(
      ExpertRegistry registry,
      ExpertWiring wiring,
      Guards guards,
      Workers workers,
      ObjectProvider<Orchestrator> orchestrator,
      Clock clock) {
    return new Experts(
        registry,
        card -> wiring.connect(card, orchestrator::getObject),
        expert -> guards.around(workers.wakeful(expert)),
        clock);
  }

  @Bean
  ToolQuestions toolQuestions(
      ConsiliumSettings settings, Database database, Experts experts, Clock clock) {
    return new ToolQuestions(
        settings.tools().questions().offer(),
        new JdbcToolQuestions(database),
        experts::find,
        clock);
  }

  @Bean
  RegisteredTools registeredTools(
      ExpertRegistry registry,
      Experts experts,
      QuestionProfiler profiler,
      RouterVersions versions,
      Embedder embedder,
      ToolQuestions questions,
      Clock clock) {
    return new RegisteredTools(
        registry,
        experts::find,
        request -> {
          var question = Question.of(request, Terms.within(A_WHILE, clock.instant()));
          return versions
              .router()
              .route(profiler.profile(question), registry.current(), Policy.BALANCED, 0)
              .forecasts()
              .stream()
              .collect(Collectors.toMap(Forecast::expert, Forecast::p));
        },
        embedder,
        questions,
        task -> Thread.ofVirtual().name("tool-index").start(task));
  }

  @Bean
  ToolOffers toolOffers(RegisteredTools tools) {
    return new ToolOffers(tools, new ToolNeed(), System::nanoTime);
  }

  @Bean
  Feed feed() {
    return new Feed();
  }

  @Bean
  JdbcAudit audit(Database database) {
    return new JdbcAudit(database);
  }

  @Bean
  AuditLog auditLog(JdbcAudit audit, Feed feed, Clock clock) {
    return new AuditLog(audit, feed, clock);
  }

  @Bean
  Noticing noticing(
      Feed feed, ExpertRegistry registry, RouterVersions versions, AuditLog audit, Timing timing) {
    return new Noticing(
            feed,
            registry,
            () -> versions.router().version(),
            (expert, health) ->
                Thread.ofVirtual()
                    .name("audit")
                    .start(() ->
                        audit.noticed(
                            health.status().name().toLowerCase(Locale.ROOT),
                            expert,
                            health.reason())))
        .start(timing.scheduler());
  }

  @Bean
  Journal journal(
      ConsiliumSettings settings,
      JdbcDecisions decisions,
      Noticing noticing,
      MeterRegistry meters) {
    return new Journal(
        settings.home().resolve("journal"),
        settings.journal(),
        batch -> {
          decisions.keep(batch);
          noticing.stored(batch);
        },
        meters);
  }

  @Bean
  ServiceAggregators aggregators(Embedder embedder, ExpertRegistry registry, Workers workers) {
    return new ServiceAggregators(embedder, registry, workers);
  }

  @Bean
  PlanRunner planRunner(RouterVersions versions, ServiceAggregators aggregators) {
    return new PlanRunner(System::nanoTime, versions.nextStep(), aggregators);
  }

  @Bean
  Inquiries inquiries(
      ConsiliumSettings settings,
      QuestionProfiler profiler,
      InstructionEstimator taskDescriptions,
      BidEstimator bids,
      Decider decider,
      Experts experts,
      Clock clock) {
    return new PaidInquiries(
        settings.evidence().offer(),
        profiler,
        taskDescriptions,
        bids,
        decider,
        experts::find,
        clock);
  }

  @Bean
  JdbcAnswers answers(Database database) {
    return new JdbcAnswers(database);
  }

  @Bean
  SharedAnswers sharedAnswers(JdbcAnswers answers, MeterRegistry meters) {
    return new SharedAnswers(answers, System::nanoTime, meters);
  }

  @Bean
  AnswerCache answerCache(
      ConsiliumSettings settings,
      Embedder embedder,
      SharedAnswers shared,
      Clock clock,
      MeterRegistry meters) {
    return new AnswerCache(settings.cache(), embedder, shared, clock, System::nanoTime, meters);
  }

  @Bean
  JdbcNotes notes(Database database) {
    return new JdbcNotes(database);
  }

  @Bean
  Memory memory(
      JdbcNotes notes,
      Embedder embedder,
      ConsiliumSettings settings,
      Clock clock,
      MeterRegistry meters) {
    return new Memory(notes, embedder, settings.memory(), clock, System::nanoTime, meters);
  }

  @Bean
  Orchestrator orchestrator(
      ExpertRegistry registry,
      Inquiries inquiries,
      Decider decider,
      Experts experts,
      ToolOffers tools,
      PlanRunner runner,
      AnswerCache cache,
      Memory memory,
      Conversations conversations,
      Journal journal,
      FormChecks forms,
      Clock clock) {
    return new Orchestrator(
        ExpertCard.of(
            "orchestrator",
            new ExpertKind.Composition(new Plan.One("consilium/auto", List.of()), 0),
            "Every expert of this service, the right one chosen for each question.",
            new Endpoint(Provider.OPENAI, null, "consilium/auto", null, Map.of(), Map.of())),
        registry,
        inquiries,
        decider,
        experts,
        tools,
        runner,
        cache,
        memory,
        conversations,
        journal,
        forms::look,
        clock,
        System::nanoTime);
  }
}
