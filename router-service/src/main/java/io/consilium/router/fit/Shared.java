package io.consilium.router.fit;

import java.lang.ref.SoftReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was worked out of the questions and outcomes of a training, kept for as long as it is used:
 * methods built on others then share their work. Nothing in it depends on a seed unless its key
 * names the seed.
 */
final class Shared {
  private final ConcurrentMap<Object, Object> known = new ConcurrentHashMap<>();

  private @Nullable SoftReference<Gram> gram;

  /** The sums of the vectors, made again where memory was wanted for something else. */
  synchronized Gram gram(Supplier<Gram> make) {
    var reference = gram;
    var found = reference == null ? null : reference.get();
    if (found == null) {
      found = make.get();
      gram = new SoftReference<>(found);
    }
    return found;
  }

  /** What has that key; made now if it was not yet, perhaps by two threads at once. */
  @SuppressWarnings("unchecked") // a key always stands for the same kind of thing
  <T> T of(Object key, Supplier<T> make) {
    var found = known.get(key);
    if (found == null) {
      // not computeIfAbsent: making one thing asks for others
      var made = make.get();
      var earlier = known.putIfAbsent(key, made);
      found = earlier == null ? made : earlier;
    }
    return (T) found;
  }
}
