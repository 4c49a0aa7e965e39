package io.consilium.orchestrator.workers;

import io.consilium.adapters.worker.WorkerCards;
import io.consilium.adapters.worker.WorkerClient;
import io.consilium.adapters.worker.WorkerLoad;
import io.consilium.adapters.worker.WorkerModel;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Owner;
import io.consilium.expert.SecretRef;
import io.consilium.expert.card.InferenceServer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inference workers by name: those of {@code experts.yaml} and the one this service starts.
 * Each is looked at now and then; what it serves becomes experts, and goes when it goes. A worker
 * that does not answer keeps its experts: their health says how they fare.
 */
public final class Workers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Workers.class);
  private static final Duration LOOKS = Duration.ofSeconds(10);

  private final ExpertRegistry registry;
  private final Function<SecretRef, String> secrets;
  private final OutboundRules rules;
  private final ReentrantLock changing = new ReentrantLock();
  private final Map<String, Attached> attached = new ConcurrentHashMap<>();

  /** One worker and what was last seen of it. */
  private static final class Attached {
    private final WorkerClient client;
    private final boolean declared;
    private volatile List<WorkerModel> models = List.of();
    private volatile String trouble = "not looked at yet";
    private final ReentrantLock looking = new ReentrantLock();

    Attached(WorkerClient client, boolean declared) {
      this.client = client;
      this.declared = declared;
    }
  }

  /**
   * A worker as it stands.
   *
   * @param trouble why it does not answer; empty when it does
   * @param asleep whether it gave its memory back
   * @param load how busy it is; null when it does not say
   */
  public record Standing(
      InferenceServer server,
      List<WorkerModel> models,
      String trouble,
      boolean asleep,
      @Nullable WorkerLoad load) {}

  public Workers(
      ExpertRegistry registry, Function<SecretRef, String> secrets, OutboundRules rules) {
    this.registry = registry;
    this.secrets = secrets;
    this.rules = rules;
  }

  /** Looks at every worker now and every ten seconds. */
  public void start(ScheduledExecutorService scheduler) {
    var _ =
        scheduler.scheduleWithFixedDelay(
            this::lookAtAll, 0, LOOKS.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Makes these the only workers that the file declares. */
  public void declare(List<InferenceServer> servers) {
    changing.lock();
    try {
      Map<String, InferenceServer> wanted = new LinkedHashMap<>();
      servers.forEach(server -> wanted.put(server.name(), server));
      attached.forEach((name, worker) -> {
        if (worker.declared && !worker.client.server().equals(wanted.get(name))) {
          attached.remove(name);
          worker.client.close();
          if (!wanted.containsKey(name)) {
            publish(worker.client.server(), List.of());
          }
        }
      });
      wanted.forEach((name, server) -> {
        if (!attached.containsKey(name)) {
          attach(server, true);
          Thread.ofVirtual().name("worker-look").start(() -> look(name));
        }
      });
    } finally {
      changing.unlock();
    }
  }

  /** Adds the worker this service starts. */
  public void add(InferenceServer server) {
    attach(server, false);
  }

  private void attach(InferenceServer server, boolean declared) {
    attached.put(server.name(), new Attached(new WorkerClient(server, secrets, rules), declared));
  }

  private void lookAtAll() {
    attached
        .keySet()
        .forEach(name -> Thread.ofVirtual().name("worker-look").start(() -> look(name)));
  }

  /** Looks at a worker, and seats what it serves. Never throws. */
  public void look(String name) {
    var worker = attached.get(name);
    if (worker == null || !worker.looking.tryLock()) {
      return;
    }
    try {
      var models = worker.client.models();
      if (!models.equals(worker.models) || !worker.trouble.isEmpty()) {
        publish(worker.client.server(), models);
        worker.models = models;
        log.info("worker {}: {}", name, models.stream().map(WorkerModel::name).toList());
      }
      worker.trouble = "";
    } catch (ExpertException e) {
      if (!e.message().equals(worker.trouble)) {
        log.warn("worker {}: {}", name, e.message());
      }
      worker.trouble = e.message();
    } finally {
      worker.looking.unlock();
    }
  }

  private void publish(InferenceServer server, List<WorkerModel> models) {
    registry.replaceAll(
        Owner.DISCOVERED,
        card -> WorkerCards.isOf(card, server.name()),
        WorkerCards.of(server, models));
  }

  /** All workers, as they stand now. Asks each. */
  public List<Standing> all() {
    return attached.keySet().stream().sorted().map(this::standing).toList();
  }

  /**
   * One worker, as it stands now.
   *
   * @throws ExpertException {@code NOT_FOUND} when there is none of that name
   */
  public Standing standing(String name) {
    var worker = find(name);
    look(name);
    boolean asleep = false;
    WorkerLoad load = null;
    if (worker.trouble.isEmpty()) {
      try {
        asleep = worker.client.asleep();
        load = worker.client.load();
      } catch (ExpertException e) {
        log.debug("worker {} does not say how it fares: {}", name, e.message());
      }
    }
    return new Standing(worker.client.server(), worker.models, worker.trouble, asleep, load);
  }

  /** Loads an adapter; it is an expert when this returns. */
  public void load(String name, String adapter, String path, boolean pinned) {
    find(name).client.load(adapter, path, pinned);
    look(name);
  }

  /** Takes an adapter away; its expert is retired when this returns. */
  public void unload(String name, String adapter) {
    find(name).client.unload(adapter);
    look(name);
  }

  /** Lets a worker give its memory back. */
  public void sleep(String name) {
    find(name).client.sleep();
  }

  /** Lets a worker take its memory again. */
  public void wake(String name) {
    find(name).client.wake();
  }

  private Attached find(String name) {
    var worker = attached.get(name);
    if (worker == null) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "there is no worker '%s'; there are %s".formatted(name, attached.keySet()));
    }
    return worker;
  }

  @Override
  public void close() {
    attached.values().forEach(worker -> worker.client.close());
    attached.clear();
  }
}
