package io.consilium.expert.index;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The passages of one collection of documents, found by meaning and by words together. Calls may
 * block; safe for many threads.
 */
public interface PassageIndex {
  /**
   * A passage to be found.
   *
   * @param id unique within the collection; another text has another id
   * @param vector the embedding of {@link Passage#searched}, a unit vector
   */
  record Entry(String id, Passage passage, float[] vector) {}

  /**
   * A passage that was found.
   *
   * @param score cosine and words together, comparable across queries: a caller can tell "found"
   *     from "least bad"
   * @param cosine of query and passage, −1 to 1
   * @param lexical the BM25 score; 0 when no word is shared
   */
  record Found(Passage passage, double score, double cosine, double lexical) {}

  /** Which of these are held; what is held need not be embedded. */
  Set<String> holding(Collection<String> ids);

  /** Adds passages; one whose id is held stays as it is. */
  void put(Collection<Entry> entries);

  /** Removes passages; ids that are not held are ignored. */
  void remove(Collection<String> ids);

  /** Removes all passages but these. */
  void retain(Set<String> ids);

  /** Told when everything there is was put: a time to build what makes searches quick. */
  void settle();

  /**
   * Up to {@code limit} passages that answer to the query, best first.
   *
   * @param vector of the query, in the space of the entries
   */
  List<Found> search(String query, float[] vector, int limit);
}
