package io.consilium.orchestrator.workers;

import io.consilium.adapters.worker.WorkerCards;
import io.consilium.adapters.worker.WorkerClient;
import io.consilium.adapters.worker.WorkerFuser;
import io.consilium.adapters.worker.WorkerLoad;
import io.consilium.adapters.worker.WorkerModel;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Owner;
import io.consilium.expert.Residency;
import io.consilium.expert.Route;
import io.consilium.expert.SecretRef;
import io.consilium.expert.TokenFuser;
import io.consilium.expert.card.InferenceServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
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
 *
 * <p>The roster shows which of them are in memory, and how long the others take to be there. What
 * was {@link #wanted} lately is brought there before it is asked for; a sleeping worker is woken by
 * who asks it.
 */
public final class Workers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Workers.class);
  private static final Duration LOOKS = Duration.ofSeconds(10);

  /**
   * Until it was measured: what waking a worker and reading an adapter take; orders of magnitude.
   */
  private static final double WAKING = 2_000;

  private static final double READING = 100;

  /** The share of the newest measurement in the running mean. */
  private static final double NEWEST = 0.3;

  /** A sleeping worker is woken beforehand when so many questions wanted it lately. */
  private static final double WANTED = 2;

  /** Adapters brought into memory at one look. */
  private static final int FETCHED = 4;

  private final ExpertRegistry registry;
  private final Function<SecretRef, String> secrets;
  private final OutboundRules rules;
  private final Demand demand;
  private final ReentrantLock changing = new ReentrantLock();
  private final Map<String, Attached> attached = new ConcurrentHashMap<>();

  /** One worker and what was last seen of it. */
  private static final class Attached {
    private final WorkerClient client;
    private final boolean declared;
    private volatile List<WorkerModel> models = List.of();
    private volatile String trouble = "not looked at yet";
    private volatile boolean asleep;
    private volatile double wakingMillis = WAKING;
    private volatile double readingMillis = READING;
    private final ReentrantLock waking = new ReentrantLock();
    private final ReentrantLock looking = new ReentrantLock();

    Attached(WorkerClient client, boolean declared) {
      this.client = client;
      this.declared = declared;
    }

    /** The expert of a model of its. */
    String expert(WorkerModel model) {
      return WorkerCards.id(client.server(), model);
    }

    Residency residency(WorkerModel model) {
      if (asleep) {
        return new Residency(Residency.State.ASLEEP, Math.round(wakingMillis));
      }
      return model.resident()
          ? Residency.AWAKE
          : new Residency(Residency.State.COLD, Math.round(readingMillis));
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
      ExpertRegistry registry,
      Function<SecretRef, String> secrets,
      OutboundRules rules,
      InstantSource clock) {
    this.registry = registry;
    this.secrets = secrets;
    this.rules = rules;
    this.demand = new Demand(clock);
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
        .forEach(name ->
            Thread.ofVirtual()
                .name("worker-look")
                .start(() -> {
                  look(name);
                  foresee(name);
                }));
  }

  /** Notes whom a question wants, which is the forecast of what the next ones want. */
  public void wanted(Route route) {
    if (!attached.isEmpty()) {
      demand.note(route);
    }
  }

  /**
   * Brings into memory what was wanted lately and is not there: wakes a worker, and touches cold
   * adapters that were wanted more than the least wanted one in memory. Never throws.
   */
  void foresee(String name) {
    var worker = attached.get(name);
    if (worker == null || !worker.trouble.isEmpty()) {
      return;
    }
    try {
      if (worker.asleep) {
        double all = worker.models.stream().mapToDouble(m -> demand.of(worker.expert(m))).sum();
        if (all >= WANTED) {
          wake(worker);
        }
        return;
      }
      for (var model : absent(worker)) {
        long began = System.nanoTime();
        worker.client.touch(model);
        worker.readingMillis = mean(worker.readingMillis, began);
      }
      look(name);
    } catch (ExpertException e) {
      log.debug("worker {} does not prepare: {}", name, e.message());
    }
  }

  /** Adapters out of memory that were wanted more than one that is in it, most wanted first. */
  private List<WorkerModel> absent(Attached worker) {
    double least =
        worker.models.stream()
            .filter(model -> model.kind() == WorkerModel.Kind.ADAPTER && model.resident())
            .mapToDouble(model -> demand.of(worker.expert(model)))
            .min()
            .orElse(0);
    return worker.models.stream()
        .filter(model -> !model.resident())
        .filter(model -> demand.of(worker.expert(model)) > Math.max(least, 0.5))
        .sorted(Comparator.comparingDouble((WorkerModel m) -> -demand.of(worker.expert(m))))
        .limit(FETCHED)
        .toList();
  }

  private static double mean(double before, long began) {
    return before + NEWEST * ((System.nanoTime() - began) / 1e6 - before);
  }

  /**
   * Mixes the adapters of a base model, where its worker can.
   *
   * @param base a base model of a worker
   * @throws ExpertException {@code UNSUPPORTED} when it is of no worker
   */
  public TokenFuser fuser(Expert base) {
    var name = base.card().endpoint().options().get(WorkerCards.WORKER);
    var worker = name == null ? null : attached.get(name);
    if (worker == null) {
      throw new ExpertException(
          FailureKind.UNSUPPORTED,
          "'%s' is no model of an inference worker, so it has no adapters to mix: name the base model of one"
              .formatted(base.card().id()));
    }
    var server = worker.client.server();
    return new WorkerFuser(
        base,
        server,
        worker.models.stream()
            .filter(model -> model.kind() == WorkerModel.Kind.ADAPTER)
            .filter(model -> base.card().id().equals(server.name() + "/" + model.base()))
            .toList());
  }

  /** The expert, which first wakes its worker when that sleeps. */
  public Expert wakeful(Expert expert) {
    var worker = expert.card().endpoint().options().get(WorkerCards.WORKER);
    return worker == null ? expert : new WakefulExpert(expert, () -> wakeFor(worker));
  }

  private void wakeFor(String name) {
    var worker = attached.get(name);
    if (worker != null && worker.asleep) {
      wake(worker);
    }
  }

  /** One wakes it, who comes meanwhile waits. */
  private void wake(Attached worker) {
    worker.waking.lock();
    try {
      if (worker.asleep) {
        long began = System.nanoTime();
        worker.client.wake();
        worker.wakingMillis = mean(worker.wakingMillis, began);
        worker.asleep = false;
        show(worker);
      }
    } finally {
      worker.waking.unlock();
    }
  }

  /** Looks at a worker, and seats what it serves. Never throws. */
  public void look(String name) {
    var worker = attached.get(name);
    if (worker == null || !worker.looking.tryLock()) {
      return;
    }
    try {
      var models = worker.client.models();
      boolean changed = !names(models).equals(names(worker.models));
      if (!models.equals(worker.models) || !worker.trouble.isEmpty()) {
        publish(worker.client.server(), models);
        worker.models = models;
      }
      if (changed) {
        log.info("worker {}: {}", name, names(models));
      }
      worker.asleep = worker.client.asleep();
      worker.trouble = "";
      show(worker);
    } catch (ExpertException e) {
      if (!e.message().equals(worker.trouble)) {
        log.warn("worker {}: {}", name, e.message());
      }
      worker.trouble = e.message();
    } finally {
      worker.looking.unlock();
    }
  }

  private static List<String> names(List<WorkerModel> models) {
    return models.stream().map(WorkerModel::name).toList();
  }

  private void show(Attached worker) {
    for (var model : worker.models) {
      registry.residency(worker.expert(model), worker.residency(model));
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
    WorkerLoad load = null;
    if (worker.trouble.isEmpty()) {
      try {
        load = worker.client.load();
      } catch (ExpertException e) {
        log.debug("worker {} does not say how it fares: {}", name, e.message());
      }
    }
    return new Standing(worker.client.server(), worker.models, worker.trouble, worker.asleep, load);
  }

  /** Loads an adapter; it is an expert when this returns. */
  public void load(String name, String adapter, String path, boolean pinned) {
    var worker = find(name);
    long began = System.nanoTime();
    worker.client.load(adapter, path, pinned);
    worker.readingMillis = mean(worker.readingMillis, began);
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
    look(name);
  }

  /** Lets a worker take its memory again. */
  public void wake(String name) {
    var worker = find(name);
    worker.asleep = true; // as far as is known; waking one that is awake changes nothing
    wake(worker);
    look(name);
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
