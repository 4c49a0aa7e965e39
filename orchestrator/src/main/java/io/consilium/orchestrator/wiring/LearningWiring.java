package io.consilium.orchestrator.wiring;

import io.consilium.aggregator.PlanRunner;
import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.jdbc.Changes;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcCredits;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcFeedback;
import io.consilium.expert.jdbc.JdbcForgetting;
import io.consilium.expert.jdbc.JdbcJobs;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.expert.jdbc.JdbcRouters;
import io.consilium.expert.registry.SnapshotRegistry;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.Policies;
import io.consilium.orchestrator.api.Bodies;
import io.consilium.orchestrator.api.ForgetController;
import io.consilium.orchestrator.api.InterviewsController;
import io.consilium.orchestrator.api.JobsController;
import io.consilium.orchestrator.api.LearningController;
import io.consilium.orchestrator.api.OutcomesController;
import io.consilium.orchestrator.api.RecruitController;
import io.consilium.orchestrator.api.ReplaysController;
import io.consilium.orchestrator.api.RoutersController;
import io.consilium.orchestrator.cache.AnswerCache;
import io.consilium.orchestrator.forget.Forgetting;
import io.consilium.orchestrator.jobs.Jobs;
import io.consilium.orchestrator.journal.Journal;
import io.consilium.orchestrator.memory.Memory;
import io.consilium.orchestrator.replay.Crediting;
import io.consilium.orchestrator.replay.Rerun;
import io.consilium.orchestrator.routers.Anchoring;
import io.consilium.orchestrator.routers.Evidence;
import io.consilium.orchestrator.routers.Hindsight;
import io.consilium.orchestrator.routers.InterviewRecord;
import io.consilium.orchestrator.routers.Interviewer;
import io.consilium.orchestrator.routers.Learner;
import io.consilium.orchestrator.routers.OutcomeIntake;
import io.consilium.orchestrator.routers.OutcomeUpkeep;
import io.consilium.orchestrator.routers.Replayer;
import io.consilium.orchestrator.routers.RouterVersions;
import io.consilium.router.Router;
import io.consilium.router.SkillTags;
import io.consilium.router.estimator.BidEstimator;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is learnt from outcomes: the jobs that do it and the doors to them. */
@Configuration(proxyBeanMethods = false)
class LearningWiring {
  private static final Logger log = LoggerFactory.getLogger(LearningWiring.class);
  private static final int WAITING_JOBS = 16;

  /** How soon a router that another replica promoted serves here, should no notice come. */
  private static final Duration LOOKS = Duration.ofSeconds(5);

  /** How soon outcomes that another replica recorded are heard here, should no notice come. */
  private static final Duration HEARS = Duration.ofSeconds(1);

  @Bean
  JdbcOutcomes outcomes(Database database) {
    return new JdbcOutcomes(database);
  }

  @Bean
  OutcomeUpkeep outcomeUpkeep(
      JdbcOutcomes outcomes, Embedder embedder, ConsiliumSettings settings, Clock clock) {
    return new OutcomeUpkeep(outcomes, embedder, settings.learn().keep(), clock);
  }

  @Bean
  JdbcCredits creditStore(Database database) {
    return new JdbcCredits(database);
  }

  @Bean
  Rerun rerun(RouterVersions versions, ServiceAggregators aggregators) {
    return new Rerun(
        new PlanRunner(System::nanoTime, Rerun::inline, versions.nextStep(), aggregators));
  }

  @Bean
  Crediting crediting(
      JdbcOutcomes outcomes,
      JdbcCredits credits,
      JdbcDecisions decisions,
      Rerun rerun,
      BidEstimator bids,
      ConsiliumSettings settings,
      Clock clock) {
    var crediting = new Crediting(outcomes, credits, rerun, bids, clock);
    if (settings.evidence().bids() > 0) {
      Thread.ofVirtual()
          .name("bids")
          .start(() -> {
            try {
              crediting.recall(decisions::find);
            } catch (ExpertException e) {
              log.warn("bids start without what is known of earlier ones: {}", e.message());
            }
          });
    }
    return crediting;
  }

  @Bean
  Jobs jobs(Database database, ConsiliumSettings settings, Clock clock) {
    return new Jobs(new JdbcJobs(database), runner(settings.home()), WAITING_JOBS, clock);
  }

  /** Names this process and those that run in its data folder after it. */
  static String runner(Path home) {
    var file = home.resolve("run").resolve("runner");
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      var name = UUID.randomUUID().toString();
      Files.createDirectories(home.resolve("run"));
      Files.writeString(file, name);
      return name;
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "%s cannot be written (%s): let this user write the data folder"
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  @Bean
  Evidence evidence(JdbcOutcomes outcomes, Embedder embedder, ConsiliumSettings settings) {
    return new Evidence(outcomes, embedder, SkillTags.shipped(), settings.learn().without());
  }

  @Bean
  Learner learner(
      JdbcOutcomes outcomes,
      JdbcDecisions decisions,
      ConsiliumSettings settings,
      MeterRegistry meters) {
    var learner = new Learner(outcomes, decisions::find, settings.learn().without(), meters);
    return settings.learn().enabled() ? learner.watch(HEARS) : learner;
  }

  /** What other replicas change is taken over at once. */
  @Bean
  Changes changes(
      Database database,
      SnapshotRegistry registry,
      JdbcKeys keys,
      RouterVersions versions,
      Learner learner,
      AnswerCache cache,
      ConsiliumSettings settings) {
    return new Changes(
        database,
        settings.db().poll(),
        Map.of(
            Changes.Kind.CARDS, registry::refresh,
            Changes.Kind.KEYS, keys::refresh,
            Changes.Kind.ROUTERS, versions::lookSoon,
            Changes.Kind.OUTCOMES, learner::nudge,
            Changes.Kind.JOBS, versions::lookSoon,
            Changes.Kind.ANSWERS, cache::follow));
  }

  @Bean
  LearningController learningController(
      RouterVersions versions, Learner learner, Anchoring anchoring) {
    return new LearningController(versions, learner, anchoring);
  }

  @Bean
  Forgetting forgetting(
      Database database,
      Journal journal,
      AnswerCache cache,
      Memory memory,
      Learner learner,
      ConsiliumSettings settings,
      Clock clock) {
    return new Forgetting(
            new JdbcForgetting(database),
            journal,
            cache,
            memory,
            learner,
            settings.home().resolve("cache").resolve("service"),
            clock)
        .watch(HEARS);
  }

  @Bean
  ForgetController forgetController(Forgetting forgetting, Bodies bodies) {
    return new ForgetController(forgetting, bodies);
  }

  @Bean
  OutcomesController outcomesController(
      JdbcOutcomes outcomes,
      Orchestrator orchestrator,
      Bodies bodies,
      Embedder embedder,
      Clock clock) {
    return new OutcomesController(
        outcomes, new OutcomeIntake(outcomes), orchestrator, bodies, embedder, clock);
  }

  @Bean
  JobsController jobsController(Jobs jobs) {
    return new JobsController(jobs);
  }

  @Bean
  ReplaysController replaysController(
      Evidence evidence,
      ConsiliumSettings settings,
      Router router,
      Orchestrator orchestrator,
      Jobs jobs,
      Bodies bodies) {
    var replayer =
        new Replayer(
            evidence,
            new PlanRunner(System::nanoTime, router.nextStep(), Aggregators.standard()),
            settings.home().resolve("cache").resolve("service"));
    return new ReplaysController(replayer, orchestrator, jobs, bodies);
  }

  @Bean
  InterviewsController interviewsController(
      Evidence evidence,
      JdbcOutcomes outcomes,
      InterviewRecord interviews,
      Orchestrator orchestrator,
      Jobs jobs,
      Bodies bodies,
      Clock clock) {
    return new InterviewsController(
        new Interviewer(evidence, outcomes, interviews, orchestrator, clock),
        orchestrator,
        jobs,
        bodies);
  }

  @Bean
  RecruitController recruitController(Evidence evidence, Orchestrator orchestrator, Bodies bodies) {
    return new RecruitController(evidence, orchestrator, bodies);
  }

  @Bean
  InterviewRecord interviewRecord(Database database) {
    return new InterviewRecord(new JdbcJobs(database));
  }

  @Bean
  RouterVersions routerVersions(
      Database database,
      Evidence evidence,
      InterviewRecord interviews,
      Router cold,
      Learner learner,
      ConsiliumSettings settings,
      Clock clock) {
    return new RouterVersions(
            new JdbcRouters(database),
            evidence,
            interviews,
            cold,
            learner,
            settings.learn().canary(),
            clock)
        .watch(LOOKS);
  }

  @Bean
  Hindsight hindsight(
      RouterVersions versions,
      JdbcFeedback feedback,
      JdbcKeys keys,
      Policies policies,
      Embedder embedder,
      Anchoring anchoring,
      Clock clock) {
    return new Hindsight(
        versions,
        feedback,
        decision -> keys.teaches(decision.key()),
        policies::find,
        embedder,
        anchoring,
        clock);
  }

  @Bean
  RoutersController routersController(
      RouterVersions versions,
      Hindsight hindsight,
      Orchestrator orchestrator,
      Jobs jobs,
      Bodies bodies) {
    return new RoutersController(versions, hindsight, orchestrator, jobs, bodies);
  }
}
