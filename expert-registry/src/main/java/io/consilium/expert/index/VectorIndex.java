package io.consilium.expert.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Exact nearest neighbours of unit vectors, by a scan over one flat array: of many vectors over a
 * byte per number first, which tells almost all of them from the nearest. What it takes is in
 * {@code bench/reports/neighbours.md}; above a few hundred thousand use an approximate index.
 *
 * <p>Copy-on-write: searches see one consistent state and never wait for a change. Changes copy the
 * whole array, so put many at once. Vectors of two embedders never meet: the index names its space
 * and refuses vectors of another length.
 */
public final class VectorIndex {
  private final String space;
  private final int dimension;
  private volatile State state;

  /** Fewer are scanned as they are. */
  static final int MANY = 8_192;

  private record State(List<String> ids, Map<String, Integer> positions, Rows rows) {}

  private State state(List<String> ids, Map<String, Integer> positions, float[] rows) {
    return new State(ids, positions, Rows.of(rows, dimension, ids.size() >= MANY));
  }

  /**
   * An empty index.
   *
   * @param space the id of the embedder all vectors come from
   * @param dimension the length of every vector
   */
  public VectorIndex(String space, int dimension) {
    if (dimension < 1) {
      throw new IllegalArgumentException("a vector has at least one number, not " + dimension);
    }
    this.space = space;
    this.dimension = dimension;
    this.state = state(List.of(), Map.of(), new float[0]);
  }

  /** The id of the embedder all vectors come from. */
  public String space() {
    return space;
  }

  /** How many vectors are held. */
  public int size() {
    return state.ids.size();
  }

  /** Adds vectors, replacing those with the same ids. */
  public synchronized void put(Map<String, float[]> vectors) {
    vectors.values().forEach(this::check);
    var old = state;
    List<String> ids = new ArrayList<>(old.ids);
    Map<String, Integer> positions = new HashMap<>(old.positions);
    for (var id : vectors.keySet()) {
      if (positions.putIfAbsent(id, ids.size()) == null) {
        ids.add(id);
      }
    }
    float[] rows = Arrays.copyOf(old.rows.numbers(), Math.multiplyExact(ids.size(), dimension));
    vectors.forEach((id, vector) ->
        System.arraycopy(vector, 0, rows, positions.getOrDefault(id, 0) * dimension, dimension));
    state = state(Collections.unmodifiableList(ids), positions, rows);
  }

  /** Removes vectors; ids that are not there are ignored. */
  public synchronized void remove(Collection<String> gone) {
    var old = state;
    var set = Set.copyOf(gone);
    List<String> ids = old.ids.stream().filter(id -> !set.contains(id)).toList();
    float[] rows = new float[ids.size() * dimension];
    Map<String, Integer> positions = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      int from = old.positions.getOrDefault(ids.get(i), 0);
      System.arraycopy(old.rows.numbers(), from * dimension, rows, i * dimension, dimension);
      positions.put(ids.get(i), i);
    }
    state = state(ids, positions, rows);
  }

  /** Up to {@code limit} ids with the largest cosine, best first; ties in order of insertion. */
  public List<Hit> nearest(float[] query, int limit) {
    check(query);
    var seen = state;
    var nearest = seen.rows.nearest(query, limit);
    List<Hit> hits = new ArrayList<>(nearest.rows().length);
    for (int rank = 0; rank < nearest.rows().length; rank++) {
      hits.add(new Hit(seen.ids.get(nearest.rows()[rank]), nearest.scores()[rank]));
    }
    return hits;
  }

  /** The cosine of one stored vector with the query; 0 when the id is not there. */
  public double cosine(String id, float[] query) {
    check(query);
    var seen = state;
    var position = seen.positions.get(id);
    return position == null ? 0 : seen.rows.dot(query, position);
  }

  private void check(float[] vector) {
    if (vector.length != dimension) {
      throw new IllegalArgumentException(
          "vectors of %s have %d numbers, not %d".formatted(space, dimension, vector.length));
    }
  }
}
