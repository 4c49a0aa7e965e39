package io.consilium.orchestrator.live;

import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tells whoever watches what happens here. It remembers nothing and waits for nobody: who reads too
 * slowly loses the oldest events. Other replicas have feeds of their own.
 */
public final class Feed {
  private static final int WAITING = 256;

  private final Set<Watching> watching = ConcurrentHashMap.newKeySet();

  /**
   * One thing that happened.
   *
   * @param type such as {@code decision}
   */
  public record Event(String type, JsonNode data) {}

  /** Somebody who watches; ends when closed. */
  public final class Watching implements AutoCloseable {
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(WAITING);

    private void add(Event event) {
      while (!events.offer(event)) {
        events.poll();
      }
    }

    /** The next event, or null when none came in time. */
    public @Nullable Event next(long millis) throws InterruptedException {
      return events.poll(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      watching.remove(this);
    }
  }

  /** Begins to watch. */
  public Watching watch() {
    var one = new Watching();
    watching.add(one);
    return one;
  }

  /** Whether anybody watches, so that events need be made at all. */
  public boolean watched() {
    return !watching.isEmpty();
  }

  /** Tells everybody who watches; never blocks. */
  public void publish(String type, JsonNode data) {
    var event = new Event(type, data);
    watching.forEach(each -> each.add(event));
  }
}
