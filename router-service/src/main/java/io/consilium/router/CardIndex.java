package io.consilium.router;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Roster;
import io.consilium.expert.Skill;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What cards say, ready to be compared with questions. Vectors are kept by text, so a changed card
 * costs only what is new in it. They are computed on the executor given, never while a request
 * waits: until they are there a card has words only.
 */
final class CardIndex {
  private static final Logger log = LoggerFactory.getLogger(CardIndex.class);

  private final Embedder embedder;
  private final List<String> tags;
  private final Executor executor;
  private final Map<String, float[]> vectors = new ConcurrentHashMap<>();
  private final AtomicBoolean preparing = new AtomicBoolean();
  private volatile CardView last;

  /** Cards and the tags that questions get, both by one embedder. */
  CardIndex(Embedder embedder, List<String> tags, Executor executor) {
    this.embedder = embedder;
    this.executor = executor;
    this.tags = List.copyOf(tags);
    this.last = CardView.of(List.of(), vectors, this.tags);
  }

  /** The space that cards are compared in. */
  String embedder() {
    return embedder.id();
  }

  /** The tags a question can have. */
  List<String> tags() {
    return tags;
  }

  /** Starts computing what the roster's cards need and returns at once. */
  void prepare(Roster roster) {
    var cards = roster.cards();
    if (last.complete() && last.cards().equals(cards)) {
      return;
    }
    if (preparing.compareAndSet(false, true)) {
      executor.execute(() -> {
        try {
          compute(cards);
        } catch (ExpertException e) {
          log.warn("cards are compared by words only for now: {}", e.message());
        } finally {
          preparing.set(false);
        }
      });
    }
  }

  private void compute(List<ExpertCard> cards) {
    Set<String> wanted = new LinkedHashSet<>(tags);
    for (var card : cards) {
      wanted.add(card.description().strip());
      card.skills().stream().map(Skill::name).forEach(wanted::add);
    }
    wanted.remove("");
    var missing = wanted.stream().filter(text -> !vectors.containsKey(text)).toList();
    var computed = embedder.embed(missing);
    for (int i = 0; i < computed.size(); i++) {
      vectors.put(missing.get(i), computed.get(i));
    }
    vectors.keySet().retainAll(wanted);
    last = CardView.of(cards, vectors, tags);
  }

  /** The roster as far as it is prepared; asks for the rest. */
  CardView view(Roster roster) {
    var cards = roster.cards();
    var seen = last;
    if (seen.cards().equals(cards)) {
      if (!seen.complete()) {
        prepare(roster);
        seen = last; // the executor may have done it at once
      }
      return seen;
    }
    prepare(roster);
    seen = last;
    if (!seen.cards().equals(cards)) {
      // words now, meaning later; what other cards taught us of the same texts is used at once
      seen = CardView.of(cards, vectors, tags);
      last = seen;
    }
    return seen;
  }
}
