package io.consilium.orchestrator;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live experts by id: one guarded {@link Expert} per card, made anew when its card changes and
 * closed when the card is retired. Finding one is a field access and never blocks.
 */
public final class Experts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Experts.class);

  private final ExpertRegistry registry;
  private final Function<ExpertCard, Expert> connect;
  private final UnaryOperator<Expert> guard;
  private final InstantSource clock;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile Map<String, Live> byId = Map.of();

  /** A connected expert and the same inside its guards. */
  private record Live(Expert bare, Expert guarded) {}

  /**
   * Connects every card of the registry and follows its changes.
   *
   * @param connect makes the expert of a card; an {@link ExpertException} it throws is kept and
   *     thrown to whoever asks that expert
   * @param guard puts the guards around it
   */
  public Experts(
      ExpertRegistry registry,
      Function<ExpertCard, Expert> connect,
      UnaryOperator<Expert> guard,
      InstantSource clock) {
    this.registry = registry;
    this.connect = connect;
    this.guard = guard;
    this.clock = clock;
    registry.onChange(this::follow);
    follow(registry.current());
  }

  /**
   * The guarded expert with this id.
   *
   * @throws ExpertException {@code NO_EXPERT} when there is none any more
   */
  public Expert find(String id) {
    var live = byId.get(id);
    if (live == null) {
      throw retired(id);
    }
    return live.bare() instanceof Unconnected ? again(id).guarded() : live.guarded();
  }

  /** What stood in the way may be mended by now: a secret set, a tool server declared. */
  private Live again(String id) {
    changing.lock();
    try {
      var live = byId.get(id);
      if (live != null && !(live.bare() instanceof Unconnected)) {
        return live; // somebody else was faster
      }
      var now = new LinkedHashMap<>(byId);
      var card = registry.current().find(id).orElseThrow(() -> retired(id)).card();
      var connected = connect(card);
      now.put(id, connected);
      byId = now;
      return connected;
    } finally {
      changing.unlock();
    }
  }

  private static ExpertException retired(String id) {
    return new ExpertException(
        FailureKind.NO_EXPERT, "expert '%s' was retired a moment ago; ask again".formatted(id));
  }

  private void follow(Roster roster) {
    changing.lock();
    try {
      var before = byId;
      Map<String, Live> now = new LinkedHashMap<>();
      for (var card : roster.cards()) {
        var known = before.get(card.id());
        now.put(
            card.id(), known != null && known.bare().card().equals(card) ? known : connect(card));
      }
      byId = now;
      before.forEach((id, live) -> {
        if (!live.equals(now.get(id))) {
          close(live.bare());
        }
      });
    } finally {
      changing.unlock();
    }
  }

  private Live connect(ExpertCard card) {
    try {
      var bare = connect.apply(card);
      return new Live(bare, guard.apply(bare));
    } catch (ExpertException failure) {
      log.warn("expert {} cannot be reached: {}", card.id(), failure.message());
      registry.health(
          card.id(), new Health(Health.Status.DOWN, failure.message(), clock.instant()));
      var unconnected = new Unconnected(card, failure);
      return new Live(unconnected, unconnected);
    }
  }

  /** An expert that could not be connected; it says why to whoever asks. */
  private record Unconnected(ExpertCard card, ExpertException failure) implements Expert {
    @Override
    public Answer answer(Question question, Consumer<Delta> out) {
      throw new ExpertException(failure.kind(), failure.message(), failure);
    }
  }

  private static void close(Expert expert) {
    if (expert instanceof AutoCloseable closeable) {
      Thread.startVirtualThread(() -> {
        try {
          closeable.close();
        } catch (Exception e) {
          log.warn("expert {} did not close: {}", expert.card().id(), e.toString());
        }
      });
    }
  }

  @Override
  public void close() {
    changing.lock();
    try {
      byId.values().forEach(live -> close(live.bare()));
      byId = Map.of();
    } finally {
      changing.unlock();
    }
  }
}
