package io.consilium.expert.registry;

import io.consilium.expert.ExpertException;
import java.util.Set;

/**
 * What the experts files of the processes that share a store declare. Files may differ, as they do
 * for a while at each rollout: what one of them leaves out is retired only when none declares it.
 */
public interface Declarations extends AutoCloseable {
  /**
   * Says what the file of this process declares, in place of what it declared before; to be said
   * again every so often, for who says nothing is taken to be gone.
   *
   * @throws ExpertException {@code STORE_UNAVAILABLE} when nobody would hear it
   */
  void declare(Set<String> names);

  /**
   * What other processes declare that are there.
   *
   * @throws ExpertException {@code STORE_UNAVAILABLE} when that cannot be known
   */
  Set<String> others();

  /** Declares nothing any more. */
  @Override
  void close();

  /** Of a process that shares its store with nobody. */
  static Declarations alone() {
    return new Declarations() {
      @Override
      public void declare(Set<String> names) {
        // nobody is there to hear it
      }

      @Override
      public Set<String> others() {
        return Set.of();
      }

      @Override
      public void close() {
        // nothing was declared
      }
    };
  }
}
