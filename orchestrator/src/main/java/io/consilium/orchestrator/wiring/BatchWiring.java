package io.consilium.orchestrator.wiring;

import io.consilium.adapters.worker.WorkerCards;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Provider;
import io.consilium.expert.Residency.State;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.DurableTasks;
import io.consilium.expert.jdbc.JdbcAnswers;
import io.consilium.expert.jdbc.JdbcBatches;
import io.consilium.expert.jdbc.JdbcFiles;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.expert.jdbc.JdbcPassages;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.RegisteredTools;
import io.consilium.orchestrator.api.Asking;
import io.consilium.orchestrator.api.BatchDesk;
import io.consilium.orchestrator.api.BatchesController;
import io.consilium.orchestrator.api.Bodies;
import io.consilium.orchestrator.api.Draining;
import io.consilium.orchestrator.api.FilesController;
import io.consilium.orchestrator.api.RequestMeters;
import io.consilium.orchestrator.api.Stage;
import io.consilium.orchestrator.batch.BatchRunner;
import io.consilium.orchestrator.judge.Judge;
import io.consilium.orchestrator.security.Caller;
import io.consilium.orchestrator.telemetry.Telemetry;
import jakarta.servlet.MultipartConfigElement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Batches, and what else is done in the background by one process of all. */
@Configuration(proxyBeanMethods = false)
class BatchWiring {
  private static final String BATCH = "batch";
  private static final Duration SWEEPS = Duration.ofMinutes(10);

  /** Fields of a form beside its file. */
  private static final long FORM = 64 << 10;

  /** Longer parts of a form go to a temporary file while they are read. */
  private static final int IN_MEMORY = 256 << 10;

  @Bean
  JdbcFiles files(Database database) {
    return new JdbcFiles(database);
  }

  @Bean
  JdbcBatches batches(Database database, JdbcFiles files) {
    return new JdbcBatches(database, files);
  }

  @Bean
  MultipartConfigElement forms(ConsiliumSettings settings) {
    long most = settings.batch().maxFile().toBytes();
    return new MultipartConfigElement("", most, most + FORM, IN_MEMORY);
  }

  @Bean(destroyMethod = "") // Background ends it, in its turn
  BatchRunner batchRunner(
      JdbcBatches batches,
      JdbcFiles files,
      JdbcKeys keys,
      Asking asking,
      Orchestrator orchestrator,
      Telemetry telemetry,
      ExpertRegistry registry,
      Draining draining,
      ConsiliumSettings settings,
      Clock clock) {
    var runner =
        new BatchRunner(
            batches,
            files,
            new BatchDesk(new Stage(asking, orchestrator, new RequestMeters(telemetry))),
            owner ->
                owner.key().isEmpty()
                    ? Optional.of(Caller.LOCAL)
                    : keys.withId(owner.key())
                        .filter(key -> key.worksAt(clock.instant()))
                        .map(Caller::with),
            new Memory(registry),
            settings.batch(),
            (int) settings.api().maxBody().toBytes(),
            clock,
            telemetry.meters());
    draining.whenItBegins(runner::stop);
    return runner;
  }

  /** Who is in memory, as far as the roster tells. */
  private record Memory(ExpertRegistry registry) implements BatchRunner.Residency {
    /** Vendors are spoken to encrypted, and load nothing for us; engines of one's own may. */
    @Override
    public boolean swaps(String expert) {
      return registry
          .current()
          .find(expert)
          .map(seat -> seat.card().endpoint())
          .filter(endpoint -> {
            var url = endpoint.url();
            return endpoint.provider() == Provider.OLLAMA
                || (url != null && "http".equalsIgnoreCase(url.getScheme()));
          })
          .isPresent();
    }

    /** Of a server that is no worker nobody knows what it holds. */
    @Override
    public Set<String> awake() {
      return registry.current().seats().stream()
          .filter(seat -> seat.card().endpoint().options().containsKey(WorkerCards.WORKER))
          .filter(seat -> seat.residency().state() == State.AWAKE)
          .map(seat -> seat.card().id())
          .collect(Collectors.toSet());
    }
  }

  private static Set<String> collections(ExpertRegistry registry) {
    return registry.current().cards().stream()
        .filter(card -> card.kind() instanceof ExpertKind.Retriever)
        .map(card -> ((ExpertKind.Retriever) card.kind()).collection())
        .collect(Collectors.toSet());
  }

  @Bean(destroyMethod = "")
  DurableTasks durableTasks(
      Database database,
      BatchRunner runner,
      JdbcFiles files,
      JdbcBatches batches,
      JdbcAnswers answers,
      Judge judge,
      RegisteredTools tools,
      ExpertRegistry registry,
      ConsiliumSettings settings,
      Clock clock) {
    return new DurableTasks(
        database,
        LearningWiring.runner(settings.home()),
        settings.batch().heartbeat(),
        settings.batch().atOnce() + 2,
        List.of(new DurableTasks.Once(BATCH, runner::run)),
        List.of(
            new DurableTasks.Every(
                "sweep",
                SWEEPS,
                () -> {
                  var now = clock.instant();
                  files.expire(now);
                  batches.forget(now.minus(settings.batch().keep()));
                  answers.sweep(now, settings.cache().stored().toBytes());
                  JdbcPassages.sweep(database, collections(registry));
                }),
            new DurableTasks.Every("judge", settings.checks().judge().every(), judge::look),
            new DurableTasks.Every(
                "tool-questions", settings.tools().questions().every(), tools::describe)));
  }

  @Bean
  Background background(DurableTasks tasks, BatchRunner runner) {
    return new Background(tasks, runner);
  }

  @Bean
  FilesController filesController(
      JdbcFiles files, JdbcBatches batches, ConsiliumSettings settings, Clock clock) {
    return new FilesController(files, batches, settings.batch(), clock);
  }

  @Bean
  BatchesController batchesController(
      JdbcBatches batches, JdbcFiles files, DurableTasks tasks, Bodies bodies, Clock clock) {
    return new BatchesController(batches, files, id -> tasks.submit(BATCH, id), bodies, clock);
  }
}
