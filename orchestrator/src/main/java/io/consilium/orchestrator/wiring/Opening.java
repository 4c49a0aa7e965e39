package io.consilium.orchestrator.wiring;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Owner;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.card.Company;
import io.consilium.expert.card.ExpertsFile;
import io.consilium.expert.jdbc.JdbcDeclarations;
import io.consilium.expert.registry.Declarations;
import io.consilium.expert.registry.ExpertsFileWatch;
import io.consilium.expert.registry.HealthWatch;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.Policies;
import io.consilium.orchestrator.discovery.Discovery;
import io.consilium.orchestrator.discovery.Finding;
import io.consilium.orchestrator.guard.Timing;
import io.consilium.orchestrator.workers.LocalWorker;
import io.consilium.orchestrator.workers.Workers;
import io.consilium.router.Router;
import io.consilium.tools.McpConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;

/**
 * The last step of the start: seats the experts, begins to watch file and health, and answers a few
 * questions of its own, so that the first caller does not pay for what only happens once. The
 * service is ready when this has run.
 */
final class Opening implements ApplicationRunner, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Opening.class);
  private static final Duration FILE_LOOKS = Duration.ofSeconds(2);
  private static final Duration HEALTH_ROUNDS = Duration.ofSeconds(30);
  private static final Duration WARM_UP = Duration.ofSeconds(30);
  private static final List<String> FIRST_QUESTIONS =
      List.of(
          "What is 17.5 % of 2,340 EUR?",
          "How many km are 26.2 miles?",
          "What weekday is 2026-12-24?",
          "How do I start Consilium on another port?",
          "I was charged twice this month. Which team is that for?");

  private final ConsiliumSettings settings;
  private final ExpertRegistry registry;
  private final BundledExperts bundled;
  private final McpConnection everyday;
  private final ToolServers servers;
  private final Shelves shelves;
  private final Workers workers;
  private final Optional<ExpertsFile> file;
  private final Policies policies;
  private final Declarations declarations;
  private final ServiceAggregators aggregators;
  private final Embedder embedder;
  private final HealthWatch health;
  private final Router router;
  private final CardVectors vectors;
  private final Orchestrator orchestrator;
  private final Timing timing;
  private final Runnable rehearse;
  private final Runnable remember;
  private @Nullable ExpertsFileWatch fileWatch;
  private @Nullable LocalWorker localWorker;

  Opening(
      ConsiliumSettings settings,
      ExpertRegistry registry,
      BundledExperts bundled,
      McpConnection everyday,
      ToolServers servers,
      Shelves shelves,
      Workers workers,
      Optional<ExpertsFile> file,
      Declarations declarations,
      Policies policies,
      ServiceAggregators aggregators,
      Embedder embedder,
      HealthWatch health,
      Router router,
      CardVectors vectors,
      Orchestrator orchestrator,
      Timing timing,
      Runnable rehearse,
      Runnable remember) {
    this.settings = settings;
    this.registry = registry;
    this.bundled = bundled;
    this.everyday = everyday;
    this.servers = servers;
    this.shelves = shelves;
    this.workers = workers;
    this.file = file;
    this.declarations = declarations;
    this.policies = policies;
    this.aggregators = aggregators;
    this.embedder = embedder;
    this.health = health;
    this.router = router;
    this.vectors = vectors;
    this.orchestrator = orchestrator;
    this.timing = timing;
    this.rehearse = rehearse;
    this.remember = remember;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    bundled.register(everyday);
    var findings =
        settings.discovery().register()
            ? new Discovery(
                    settings.discovery().ports().servers(), settings.port(), System.getenv())
                .look()
            : List.<Finding>of();
    file.ifPresent(declared -> follow(declared, findings));
    register(findings);
    knowCards();
    knowDocuments();
    health.start(timing.scheduler(), HEALTH_ROUNDS);
    warmUp();
    rehearse.run();
    Thread.ofVirtual()
        .name("recall")
        .start(() -> {
          servers.awaitLists();
          try {
            remember.run();
          } catch (ExpertException e) {
            log.warn("what earlier answers taught about tools is not known: {}", e.message());
          }
        });
    workers.start(timing.scheduler());
    startWorker();
  }

  /** The service does not wait for it: its experts come when it answers. */
  private void startWorker() {
    if (settings.worker().enabled()) {
      var started =
          new LocalWorker(
              settings.worker(),
              settings.home(),
              timing.scheduler(),
              timing.clock(),
              worker -> {
                workers.look(LocalWorker.NAME);
                health.round();
              });
      workers.add(started.server());
      started.start();
      localWorker = started;
    }
  }

  private void follow(ExpertsFile declared, List<Finding> findings) {
    List<ExpertCard> found = findings.stream().flatMap(each -> each.cards().stream()).toList();
    var watch =
        new ExpertsFileWatch(
            declared,
            registry,
            () -> company(found),
            declarations,
            JdbcDeclarations.LAPSE.dividedBy(4),
            this::apply,
            refused -> {});
    watch.apply();
    watch.start(timing.scheduler(), FILE_LOOKS);
    fileWatch = watch;
  }

  private void apply(ExpertsFile.Contents contents) {
    policies.declare(contents.policies());
    servers.declare(contents.servers());
    shelves.declare(contents.documents());
    workers.declare(contents.workers());
  }

  /** Whom compositions of the file may name: everyone seated, and who was found at the start. */
  private Company company(List<ExpertCard> found) {
    List<ExpertCard> all =
        new ArrayList<>(
            registry.current().cards().stream()
                .filter(card -> card.owner() != Owner.FILE)
                .toList());
    all.addAll(found);
    return new Company(all, aggregators.names(), embedder);
  }

  private void register(List<Finding> findings) {
    for (var finding : findings) {
      for (var card : finding.cards()) {
        try {
          registry.put(card.withOwner(Owner.DISCOVERED));
        } catch (ExpertException e) {
          log.warn("{} of {} is left out: {}", card.id(), finding.where(), e.message());
        }
      }
      log.info("found {}: {} experts", finding.where(), finding.cards().size());
    }
  }

  /** A card that came while others were being computed is taken in the second round. */
  private void knowCards() {
    for (int round = 0; round < 2; round++) {
      router.prepare(registry.current());
      if (!vectors.await(WARM_UP)) {
        log.warn("some experts are known by their words only until their vectors are computed");
      }
    }
  }

  private void knowDocuments() {
    if (!shelves.await(WARM_UP)) {
      log.warn("our own documentation is not read yet; its expert says so to whoever asks it");
    }
  }

  private void warmUp() {
    for (var text : FIRST_QUESTIONS) {
      orchestrator.decide(Question.of(text, Terms.within(WARM_UP, timing.clock().instant())));
    }
  }

  @Override
  public void close() {
    if (fileWatch != null) {
      fileWatch.close();
    }
    if (localWorker != null) {
      localWorker.close();
    }
    timing.scheduler().shutdownNow();
  }
}
