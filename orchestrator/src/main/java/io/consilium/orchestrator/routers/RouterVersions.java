package io.consilium.orchestrator.routers;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.NextStep;
import io.consilium.expert.Policy;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.jdbc.JdbcRouters;
import io.consilium.expert.jdbc.StoredRouter;
import io.consilium.orchestrator.Routers;
import io.consilium.orchestrator.jobs.Progress;
import io.consilium.router.QuestionProfile;
import io.consilium.router.Router;
import io.consilium.router.blend.FittedRouter;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The router that serves, and the versions it may be: fits them, keeps them, tries one out beside
 * it, promotes one, goes back. A version that another replica promoted is loaded within seconds;
 * one that cannot be read is left alone, and the one before goes on serving.
 */
public final class RouterVersions implements Routers, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RouterVersions.class);

  /** Fewer questions tell nothing that the cards do not. */
  static final int FEWEST = 20;

  private final JdbcRouters store;
  private final Evidence evidence;
  private final InterviewRecord interviews;
  private final Router cold;
  private final Learner learner;
  private final CanaryRules rules;
  private final Clock clock;
  private final ReentrantLock loading = new ReentrantLock();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("router-versions").daemon().factory());

  /** Shadows may fall behind, and then miss some. */
  private final ThreadPoolExecutor comparing =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(64),
          Thread.ofPlatform().name("router-shadow").daemon().factory());

  private volatile Serving serving;
  private volatile Serving before;
  private volatile @Nullable Trial trial;
  private CanaryRules.Tally servingAtTrial = CanaryRules.Tally.NONE; // under the lock
  private volatile String unreadable = "";
  private String untried = ""; // under the lock

  /** The router at work, and the id of its version; empty for the cold one. */
  private record Serving(String id, Router router) {}

  /**
   * Versions in a store; loads the promoted one.
   *
   * @param interviews what is known of experts without outcomes
   * @param cards serves where nothing was learnt
   * @param learner lets outcomes move what a version forecasts
   * @param rules when a canary has shown enough
   */
  public RouterVersions(
      JdbcRouters store,
      Evidence evidence,
      InterviewRecord interviews,
      Router cards,
      Learner learner,
      CanaryRules rules,
      Clock clock) {
    var cold = cards.with(interviews);
    this.learner = learner;
    this.rules = rules;
    this.interviews = interviews;
    this.store = store;
    this.evidence = evidence;
    this.cold = cold;
    this.clock = clock;
    this.serving = byCards();
    this.before = serving;
    refresh();
  }

  @Override
  public Router of(String decision) {
    var tried = trial;
    return tried != null && tried.decides(decision) ? tried.router() : serving.router();
  }

  @Override
  public void decided(
      String decision, QuestionProfile profile, Roster roster, Policy policy, Route route) {
    var tried = trial;
    if (tried == null || tried.canary()) {
      return;
    }
    try {
      comparing.execute(() -> compare(tried, decision, profile, roster, policy, route));
    } catch (RejectedExecutionException busy) {
      log.debug("{} is not compared: too much is waiting", decision);
    }
  }

  private static void compare(
      Trial tried,
      String decision,
      QuestionProfile profile,
      Roster roster,
      Policy policy,
      Route route) {
    try {
      var router = tried.router();
      tried.compare(route, router.route(profile, roster, policy, router.seed(decision)));
    } catch (RuntimeException e) {
      log.warn("the shadow {} cannot decide {}", tried.version().id(), decision, e);
    }
  }

  /** The router that serves now; a field access. */
  public Router router() {
    return serving.router();
  }

  /**
   * When cascades stop, whichever version planned them: one that a promotion overtakes is finished
   * by the router that began it.
   */
  public NextStep nextStep() {
    return (route, question, said) -> {
      var made = route.routerVersion();
      var now = serving.router();
      var earlier = before.router();
      var tried = trial;
      Router router = now;
      if (!made.equals(now.version())) {
        router =
            tried != null && made.equals(tried.router().version())
                ? tried.router()
                : made.equals(earlier.version()) ? earlier : now;
      }
      return router.nextStep().after(route, question, said);
    };
  }

  /** Looks every so often whether another replica promoted a version. */
  public RouterVersions watch(Duration every) {
    var _ = // ends with the executor
        looking.scheduleWithFixedDelay(
            this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  /** Looks soon: another replica changed something. */
  public void lookSoon() {
    try {
      looking.execute(this::look);
    } catch (RejectedExecutionException closed) {
      log.debug("no longer looked at", closed);
    }
  }

  private void look() {
    refresh();
    judge();
    try {
      interviews.refresh();
    } catch (ExpertException e) {
      log.warn("interviews cannot be looked at: {}", e.message());
    }
  }

  /** Loads the promoted version when it is not the one that serves. */
  public void refresh() {
    loading.lock();
    try {
      var promoted = store.promoted();
      var id = promoted.map(StoredRouter::id).orElse("");
      if (!id.equals(serving.id()) && !id.equals(unreadable)) {
        serve(id.isEmpty() ? byCards() : load(id));
        unreadable = "";
        log.info("router {} serves", id.isEmpty() ? cold.version() : id);
      }
      takeUp(store.onTrial().orElse(null));
    } catch (ExpertException e) {
      log.warn("the router versions cannot be looked at: {}", e.message());
    } catch (IllegalArgumentException e) {
      unreadable = store.promoted().map(StoredRouter::id).orElse("");
      log.error(
          "router {} cannot serve, {} goes on: {}",
          unreadable,
          serving.router().version(),
          e.getMessage());
    } finally {
      loading.unlock();
    }
  }

  private void takeUp(@Nullable StoredRouter version) {
    if (version == null) {
      trial = null;
      return;
    }
    var tried = trial;
    if (tried != null && tried.version().equals(version)) {
      return;
    }
    if (tried != null && tried.version().id().equals(version.id())) {
      begin(version, tried.router());
    } else if (!version.id().equals(untried)) {
      try {
        begin(version, load(version.id()).router());
        untried = "";
      } catch (IllegalArgumentException e) {
        trial = null;
        untried = version.id();
        log.error("router {} is on trial but cannot be tried: {}", untried, e.getMessage());
      }
    }
  }

  private void begin(StoredRouter version, Router router) {
    trial = new Trial(version, router);
    servingAtTrial = learner.judged(serving.router().version());
  }

  /** Ends a canary by the rules, where that is allowed. */
  private void judge() {
    loading.lock();
    try {
      var tried = trial;
      if (tried == null || !tried.canary() || !rules.auto()) {
        return;
      }
      switch (verdict(tried)) {
        case WAIT -> log.debug("the canary {} goes on", tried.version().id());
        case PROMOTE -> {
          log.info(
              "the canary {} is as good as what serves, and is promoted", tried.version().id());
          promote(tried.version().id());
        }
        case ROLL_BACK -> {
          log.warn(
              "the canary {} is worse than what serves, and is rolled back", tried.version().id());
          rollBack();
        }
      }
    } catch (ExpertException e) {
      log.warn("a canary cannot be judged: {}", e.message());
    } finally {
      loading.unlock();
    }
  }

  private CanaryRules.Verdict verdict(Trial tried) {
    return rules.of(
        learner.judged(tried.router().version()),
        learner.judged(serving.router().version()).since(servingAtTrial));
  }

  /**
   * Puts a version on trial, in place of any other.
   *
   * @param share of questions it decides; 0 to decide unheeded beside the one that serves
   * @throws ExpertException {@code NOT_FOUND} when there is none; {@code CONFLICT} when it serves,
   *     this release cannot read it, or it was fitted with another embedder
   */
  public StoredRouter tryOut(String id, double share) {
    var version = readable(id);
    if (version.state() == StoredRouter.State.PROMOTED) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          "router '%s' serves already; put another version on trial beside it".formatted(id));
    }
    loading.lock();
    try {
      load(id);
      var state = share > 0 ? StoredRouter.State.CANARY : StoredRouter.State.SHADOW;
      var stored = store.tryOut(id, state, share);
      takeUp(stored);
      return stored;
    } catch (IllegalArgumentException e) {
      throw new ExpertException(FailureKind.CONFLICT, String.valueOf(e.getMessage()), e);
    } finally {
      loading.unlock();
    }
  }

  /**
   * Ends the trial, if there is one; else the version that served before serves again.
   *
   * @throws ExpertException {@code CONFLICT} when there is neither
   */
  public StoredRouter rollBack() {
    loading.lock();
    try {
      var tried = trial;
      if (tried != null) {
        store.endTrial();
        trial = null;
        return store.find(tried.version().id()).orElseThrow(() -> unknown(tried.version().id()));
      }
      var earlier = store.before();
      if (earlier.isEmpty()) {
        throw new ExpertException(
            FailureKind.CONFLICT,
            "there is nothing to go back to: no version is on trial, and none served before");
      }
      return promote(earlier.get().id());
    } finally {
      loading.unlock();
    }
  }

  /** The router of a version, to be asked what it would do; it does not serve. */
  Router router(String id) {
    readable(id);
    try {
      return load(id).router();
    } catch (IllegalArgumentException e) {
      throw new ExpertException(FailureKind.CONFLICT, String.valueOf(e.getMessage()), e);
    }
  }

  private StoredRouter readable(String id) {
    var version = store.find(id).orElseThrow(() -> unknown(id));
    if (!version.embedder().equals(evidence.embedder().id())) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          "router '%s' was fitted with the embedder %s and this service has %s, so it knows nothing here: fit a new one"
              .formatted(id, version.embedder(), evidence.embedder().id()));
    }
    return version;
  }

  private void serve(Serving next) {
    before = serving;
    serving = next;
    servingAtTrial = learner.judged(next.router().version()); // a canary has a new rival
  }

  private Serving load(String id) {
    var fitted = FittedRouter.read(store.bytes(id));
    return new Serving(id, cold.with(fitted, id).with(learner.following(id)));
  }

  private Serving byCards() {
    return new Serving("", cold.with(learner.following(cold.version())));
  }

  /** Every version, newest first. */
  public List<StoredRouter> list() {
    return store.list();
  }

  /** The version with this id. */
  public Optional<StoredRouter> find(String id) {
    return store.find(id);
  }

  /**
   * Makes a version the one that serves, here at once.
   *
   * @throws ExpertException {@code NOT_FOUND} when there is none; {@code CONFLICT} when this
   *     release cannot read it, or it was fitted with another embedder
   */
  public StoredRouter promote(String id) {
    readable(id);
    loading.lock();
    try {
      var loaded = load(id);
      var promoted = store.promote(id, clock.instant());
      serve(loaded);
      takeUp(store.onTrial().orElse(null));
      return promoted;
    } catch (IllegalArgumentException e) {
      throw new ExpertException(FailureKind.CONFLICT, String.valueOf(e.getMessage()), e);
    } finally {
      loading.unlock();
    }
  }

  private static ExpertException unknown(String id) {
    return new ExpertException(
        FailureKind.NOT_FOUND,
        "there is no router version '%s'; GET /v1/routers lists them".formatted(id));
  }

  /** Makes sure that there is something to fit; {@code CONFLICT} otherwise. */
  public void check(Roster roster) {
    evidence.enough(roster, FEWEST);
  }

  /** Fits a version to everything on record and keeps it as a draft. Seconds to minutes. */
  public ObjectNode fit(Roster roster, long seed, Progress progress) {
    var recorded = evidence.enough(roster, FEWEST);
    var records = recorded.records();
    var profiles = evidence.profiles(records, (share, doing) -> progress.at(0.3 * share, doing));
    var doing =
        "fitting %,d questions of %d experts"
            .formatted(records.items().size(), records.experts().size());
    var embedder = evidence.embedder();
    var fitted =
        FittedRouter.fit(
            records,
            recorded.answers(),
            profiles,
            embedder.id(),
            embedder.dimension(),
            seed,
            done -> progress.at(0.3 + 0.69 * done, doing));
    var metrics = Json.object();
    fitted.metrics().forEach(metrics::put);
    metrics.put("questions", fitted.questions()).put("outcomes", fitted.outcomes());
    var planner = metrics.putObject("planner");
    fitted.notes().forEach(planner::put);
    var version =
        new StoredRouter(
            "router_" + HexFormat.of().toHexDigits(clock.millis(), 11),
            clock.instant(),
            StoredRouter.State.DRAFT,
            0,
            null,
            fitted.embedder(),
            fitted.fingerprint(),
            fitted.experts(),
            metrics);
    store.keep(version, fitted.write());
    return shown(version, roster);
  }

  /** A version for people and programs, next to the experts registered now. */
  public ObjectNode shown(StoredRouter version, Roster roster) {
    var node =
        Json.object()
            .put("id", version.id())
            .put("state", version.state().name().toLowerCase(Locale.ROOT))
            .put("created", version.created().toString())
            .put("promoted", version.promoted() == null ? null : version.promoted().toString())
            .put("serving", version.id().equals(serving.id()))
            .put("share", version.share())
            .put("embedder", version.embedder())
            .put("fingerprint", version.fingerprint());
    var metrics = version.metrics().deepCopy();
    var planner = metrics.remove("planner");
    node.set("metrics", metrics);
    if (planner != null) {
      node.set("planner", planner);
    }
    var tried = trial;
    if (tried != null && tried.version().id().equals(version.id())) {
      node.set("trial", shown(tried));
    }
    version.experts().forEach(node.putArray("experts")::add);
    var known =
        version.experts().stream()
            .flatMap(name -> roster.find(name).stream())
            .map(seat -> seat.card().id())
            .collect(Collectors.toSet());
    var unknown = node.putArray("known_by_card_only");
    roster.cards().stream()
        .filter(card -> !known.contains(card.id()))
        .forEach(card -> unknown.add(card.id()));
    var gone = node.putArray("not_registered");
    version.experts().stream().filter(name -> roster.find(name).isEmpty()).forEach(gone::add);
    if (version.id().equals(unreadable)) {
      return node.put(
          "warning",
          "it is promoted but cannot be read by this release, so %s serves: fit and promote a new one"
              .formatted(serving.router().version()));
    }
    return known.isEmpty()
        ? node.put(
            "warning",
            "none of the experts it was fitted on is registered: as it is, it changes nothing. Give cards the recorded names as aliases")
        : node;
  }

  private ObjectNode shown(Trial tried) {
    if (!tried.canary()) {
      return tried.shown();
    }
    var own = learner.judged(tried.router().version());
    var others = learner.judged(serving.router().version()).since(servingAtTrial);
    return Json.object()
        .put("judged", own.n())
        .put("score", own.mean())
        .put("serving_judged", others.n())
        .put("serving_score", others.mean())
        .put("verdict", rules.of(own, others).name().toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  @Override
  public void close() {
    looking.shutdownNow();
    comparing.shutdownNow();
  }
}
