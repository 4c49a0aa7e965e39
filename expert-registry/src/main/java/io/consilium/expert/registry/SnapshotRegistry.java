package io.consilium.expert.registry;

import io.consilium.expert.CardState;
import io.consilium.expert.Compositions;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.Measures;
import io.consilium.expert.Owner;
import io.consilium.expert.Residency;
import io.consilium.expert.Roster;
import io.consilium.expert.card.CardJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry: cards in a {@link CardStore}, and an immutable snapshot of them that is replaced as
 * a whole after each durable change.
 *
 * <p>Changes wait for each other and block while the store writes; reading never does. Listeners
 * are called before the change returns, in the order of the changes; they must be quick.
 */
public final class SnapshotRegistry implements ExpertRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotRegistry.class);

  /** The share of a newly seen latency in the running mean: about the last ten calls count. */
  private static final double NEWEST = 0.2;

  /** The snapshot shows another latency once the mean has moved by this share of what it shows. */
  private static final double MOVED = 0.25;

  /** The snapshot shows another load once it is off by this many calls, and by half. */
  private static final int LOADED = 4;

  /** How often what another process overtook is tried again. */
  private static final int OVERTAKEN = 3;

  private final CardStore store;
  private final ToIntFunction<String> slots;
  private final ReentrantLock changing = new ReentrantLock();
  private final List<Consumer<Roster>> listeners = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<String, Double> latencies = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Slowness> slownesses = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Integer> loads = new ConcurrentHashMap<>();
  private final RosterIds ids = new RosterIds();
  private final Map<String, Health> healths = new HashMap<>();
  private final ConcurrentHashMap<String, Residency> residencies = new ConcurrentHashMap<>();
  private Map<String, ExpertCard> cards;
  private volatile Map<String, Double> shown = Map.of();
  private volatile Map<String, Double> shownSlow = Map.of();
  private final ConcurrentHashMap<String, Integer> shownLoads = new ConcurrentHashMap<>();
  private volatile Roster roster;

  /** A registry of what {@code store} holds, whose experts may be asked any number of times. */
  public SnapshotRegistry(CardStore store) {
    this(store, id -> 0);
  }

  /**
   * A registry of what {@code store} holds.
   *
   * @param slots the most calls the expert with an id is asked at once; 0 when there is no limit
   */
  public SnapshotRegistry(CardStore store, ToIntFunction<String> slots) {
    this.store = store;
    this.slots = slots;
    this.cards = load(store);
    this.roster = snapshot();
  }

  /** A registry that forgets everything with the process. */
  public static SnapshotRegistry inMemory() {
    return new SnapshotRegistry(CardStore.inMemory());
  }

  @Override
  public Roster current() {
    return roster;
  }

  @Override
  public ExpertCard put(ExpertCard card) {
    changing.lock();
    try {
      var change = new Change();
      change.put(card);
      commit(change);
      return settled(card.id());
    } finally {
      changing.unlock();
    }
  }

  @Override
  public ExpertCard retire(String id, Owner by) {
    changing.lock();
    try {
      if (!cards.containsKey(id)) {
        throw new ExpertException(
            FailureKind.NOT_FOUND,
            "there is no expert '%s'; near names: %s"
                .formatted(id, String.join(", ", roster.near(id, 3))));
      }
      var change = new Change();
      change.retire(id, by);
      commit(change);
      return settled(id);
    } finally {
      changing.unlock();
    }
  }

  @Override
  public Roster replaceAll(Owner owner, List<ExpertCard> all) {
    return replaceAll(owner, card -> true, all);
  }

  @Override
  public Roster replaceAll(Owner owner, Predicate<ExpertCard> scope, List<ExpertCard> all) {
    changing.lock();
    try {
      for (int left = OVERTAKEN; ; left--) {
        var before = versions(cards);
        try {
          return replace(owner, scope, all);
        } catch (ExpertException e) {
          if (left == 0 || e.kind() != FailureKind.CONFLICT || versions(cards).equals(before)) {
            throw e;
          } // another process was quicker; what is wanted is wanted still
        }
      }
    } finally {
      changing.unlock();
    }
  }

  private Roster replace(Owner owner, Predicate<ExpertCard> scope, List<ExpertCard> all) {
    var change = new Change();
    List<String> ids = new ArrayList<>();
    for (var card : all) {
      change.put(card.withOwner(owner));
      if (ids.contains(card.id())) {
        change.conflicts.add("two cards have the id '%s'".formatted(card.id()));
      }
      ids.add(card.id());
    }
    for (var card : List.copyOf(cards.values())) {
      if (card.owner() == owner && !ids.contains(card.id()) && scope.test(card)) {
        change.retire(card.id(), owner);
      }
    }
    commit(change);
    return roster;
  }

  /**
   * Takes over what other processes changed in the store. Blocks for the store, and nobody else
   * meanwhile.
   */
  public void refresh() {
    var found = load(store);
    changing.lock();
    try {
      takeOver(found);
    } finally {
      changing.unlock();
    }
  }

  @Override
  public void health(String id, Health health) {
    changing.lock();
    try {
      if (isSeated(id) && !health.equals(healths.put(id, health))) {
        roster = snapshot();
      }
    } finally {
      changing.unlock();
    }
  }

  @Override
  public void observed(String id, double latencyMillis) {
    if (!(latencyMillis >= 0) || Double.isInfinite(latencyMillis)) {
      throw new IllegalArgumentException("no latency: " + latencyMillis);
    }
    if (residencies.containsKey(id)) {
      residency(id, Residency.AWAKE);
    }
    var slowness = slownesses.computeIfAbsent(id, expert -> new Slowness());
    slowness.add(latencyMillis);
    double slow = slowness.p95();
    double mean =
        latencies.merge(id, latencyMillis, (before, newest) -> before + NEWEST * (newest - before));
    double before = shown.getOrDefault(id, mean);
    double slowBefore = shownSlow.getOrDefault(id, 0.0);
    if (Math.abs(mean - before) > MOVED * before
        || Math.abs(slow - slowBefore) > MOVED * slowBefore) {
      changing.lock();
      try {
        roster = snapshot();
      } finally {
        changing.unlock();
      }
    }
  }

  @Override
  public void load(String id, int inFlight) {
    loads.put(id, inFlight);
    int before = shownLoads.getOrDefault(id, 0);
    int moved = Math.abs(inFlight - before);
    // an idle expert is shown as idle; else a queue is shown roughly, for a snapshot has its price
    if ((moved >= LOADED && 2 * moved >= before) || (inFlight == 0 && before > 0)) {
      changing.lock();
      try {
        roster = snapshot();
      } finally {
        changing.unlock();
      }
    }
  }

  @Override
  public void residency(String id, Residency residency) {
    changing.lock();
    try {
      var before =
          residency.equals(Residency.AWAKE)
              ? residencies.remove(id)
              : residencies.put(id, residency);
      if (isSeated(id) && !residency.equals(before == null ? Residency.AWAKE : before)) {
        roster = snapshot();
      }
    } finally {
      changing.unlock();
    }
  }

  @Override
  public void onChange(Consumer<Roster> listener) {
    listeners.add(listener);
  }

  private static Map<String, ExpertCard> load(CardStore store) {
    Map<String, ExpertCard> cards = new LinkedHashMap<>();
    store.load().forEach(card -> cards.put(card.id(), card));
    return cards;
  }

  private ExpertCard settled(String id) {
    var card = cards.get(id);
    if (card == null) {
      throw new IllegalStateException(id);
    }
    return card;
  }

  private boolean isSeated(String id) {
    var card = cards.get(id);
    return card != null && card.state() != CardState.RETIRED;
  }

  private void commit(Change change) {
    change.check();
    if (change.versions.isEmpty()) {
      return;
    }
    try {
      store.save(List.copyOf(change.versions));
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.CONFLICT) {
        takeOver(load(store));
      }
      throw e;
    }
    settle(change.next);
  }

  /** Takes what is newer there than here. */
  private void takeOver(Map<String, ExpertCard> found) {
    Map<String, ExpertCard> next = new LinkedHashMap<>(cards);
    found.forEach((id, card) ->
        next.merge(id, card, (here, there) -> there.version() > here.version() ? there : here));
    if (!versions(next).equals(versions(cards))) {
      settle(next);
    }
  }

  private static Map<String, Integer> versions(Map<String, ExpertCard> cards) {
    return cards.values().stream().collect(Collectors.toMap(ExpertCard::id, ExpertCard::version));
  }

  private void settle(Map<String, ExpertCard> next) {
    for (var card : next.values()) {
      var before = cards.get(card.id());
      if (before != null && !before.endpoint().equals(card.endpoint())) {
        healths.remove(card.id());
        latencies.remove(card.id());
        slownesses.remove(card.id());
        residencies.remove(card.id());
      }
    }
    cards = next;
    roster = snapshot();
    for (var listener : listeners) {
      try {
        listener.accept(roster);
      } catch (RuntimeException e) {
        LOG.warn("a listener failed on a changed registry", e);
      }
    }
  }

  /** What the snapshot about to be made shows of an expert's load. */
  private int load(String id) {
    int now = loads.getOrDefault(id, 0);
    shownLoads.put(id, now);
    return now;
  }

  private double p95(String id) {
    var slowness = slownesses.get(id);
    return slowness == null ? 0 : slowness.p95();
  }

  private Roster snapshot() {
    List<Roster.Seat> seats = new ArrayList<>();
    var compositions = compositions(cards);
    for (var card : cards.values()) {
      if (card.state() != CardState.RETIRED) {
        var seat =
            new Roster.Seat(
                priced(card, compositions),
                healths.getOrDefault(card.id(), Health.UNKNOWN),
                load(card.id()),
                latencies.getOrDefault(card.id(), 0.0),
                slots.applyAsInt(card.id()),
                p95(card.id()),
                residencies.getOrDefault(card.id(), Residency.AWAKE));
        seats.add(seat);
      }
    }
    shown =
        seats.stream()
            .collect(Collectors.toMap(seat -> seat.card().id(), Roster.Seat::latencyMillis));
    shownSlow =
        seats.stream().collect(Collectors.toMap(seat -> seat.card().id(), Roster.Seat::p95Millis));
    return new Roster(ids.id(seats), seats);
  }

  /** A composition that declares no price costs what its members cost now. */
  private static ExpertCard priced(ExpertCard card, Compositions compositions) {
    return card.kind() instanceof ExpertKind.Composition
        ? card.withPrice(compositions.price(card))
        : card;
  }

  private static Compositions compositions(Map<String, ExpertCard> cards) {
    return new Compositions(name ->
        Optional.ofNullable(cards.get(name))
            .or(() -> cards.values().stream().filter(card -> card.answersTo(name)).findFirst())
            .filter(card -> card.state() != CardState.RETIRED));
  }

  /** A change under way: the cards as they would stand, and what stands in the way. */
  private final class Change {
    private final Map<String, ExpertCard> next = new LinkedHashMap<>(cards);
    private final List<ExpertCard> versions = new ArrayList<>();
    private final List<String> conflicts = new ArrayList<>();

    void put(ExpertCard card) {
      var before = next.get(card.id());
      if (taken(before, card.owner())) {
        return;
      }
      var kept = before == null ? card.withVersion(1) : card.withVersion(before.version());
      if (before != null && kept.measured().equals(Measures.NONE)) {
        kept = kept.withMeasured(before.measured());
      }
      if (before == null) {
        add(kept);
      } else if (!CardJson.stored(kept).toString().equals(CardJson.stored(before).toString())) {
        add(kept.withVersion(before.version() + 1));
      }
    }

    void retire(String id, Owner by) {
      var card = next.get(id);
      if (card != null && card.state() != CardState.RETIRED && !taken(card, by)) {
        add(card.withState(CardState.RETIRED).withVersion(card.version() + 1));
      }
    }

    /** What nobody keeps any longer may be taken over by anybody. */
    private boolean taken(@Nullable ExpertCard before, Owner by) {
      if (before == null || before.state() == CardState.RETIRED || before.owner() == by) {
        return false;
      }
      conflicts.add(keptElsewhere(before));
      return true;
    }

    private void add(ExpertCard version) {
      next.put(version.id(), version);
      versions.add(version);
    }

    void check() {
      Map<String, ExpertCard> names = new HashMap<>();
      for (var card : next.values()) {
        if (card.state() != CardState.RETIRED) {
          names.put(card.id(), card);
        }
      }
      for (var card : next.values()) {
        if (card.state() != CardState.RETIRED) {
          for (var alias : card.aliases()) {
            var other = names.put(alias, card);
            if (other != null && !other.id().equals(card.id())) {
              conflicts.add(
                  "expert '%s' and expert '%s' both answer to '%s': change an id or an alias"
                      .formatted(other.id(), card.id(), alias));
            }
          }
        }
      }
      var compositions = compositions(next);
      for (var card : versions) {
        if (card.state() != CardState.RETIRED) {
          compositions.objection(card).ifPresent(conflicts::add);
        }
      }
      if (!conflicts.isEmpty()) {
        throw new ExpertException(FailureKind.CONFLICT, String.join("\n", conflicts));
      }
    }
  }

  private static String keptElsewhere(ExpertCard card) {
    var id = card.id();
    return switch (card.owner()) {
      case FILE ->
          "expert '%s' is kept in experts.yaml: change it there, or remove it there first"
              .formatted(id);
      case API ->
          "expert '%1$s' is kept by the API: change it with PUT /v1/experts/%1$s, or DELETE it there first"
              .formatted(id);
      case BUNDLED -> "expert '%s' comes with the service: choose another id".formatted(id);
      case DISCOVERED ->
          "expert '%s' was found at start and is kept by discovery: choose another id"
              .formatted(id);
    };
  }
}
