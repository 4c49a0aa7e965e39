package io.consilium.expert.index;

import io.consilium.expert.Embedder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Passages in the memory of one process, in the order of {@link HybridIndex}. */
public final class HybridPassages implements PassageIndex {
  private final HybridIndex index;
  private final Map<String, Passage> passages = new ConcurrentHashMap<>();

  public HybridPassages(Embedder embedder) {
    this.index = new HybridIndex(embedder);
  }

  @Override
  public Set<String> holding(Collection<String> ids) {
    return ids.stream().filter(passages::containsKey).collect(Collectors.toSet());
  }

  @Override
  public void put(Collection<Entry> entries) {
    List<HybridIndex.Entry> fresh = new ArrayList<>();
    for (var entry : entries) {
      if (passages.putIfAbsent(entry.id(), entry.passage()) == null) {
        fresh.add(new HybridIndex.Entry(entry.id(), entry.passage().searched(), entry.vector()));
      }
    }
    index.put(fresh);
  }

  @Override
  public void remove(Collection<String> ids) {
    index.remove(ids);
    ids.forEach(passages::remove);
  }

  @Override
  public void retain(Set<String> ids) {
    remove(passages.keySet().stream().filter(id -> !ids.contains(id)).toList());
  }

  @Override
  public void settle() {
    // a search is quick as it is
  }

  @Override
  public List<Found> search(String query, float[] vector, int limit) {
    List<Found> found = new ArrayList<>();
    for (var hit : index.search(query, vector, limit)) {
      var passage = passages.get(hit.id());
      if (passage != null) { // else it went meanwhile
        found.add(new Found(passage, hit.score(), hit.cosine(), hit.lexical()));
      }
    }
    return found;
  }
}
