package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Some of a long list.
 *
 * @param next what to ask for to get what follows; null at the end
 */
public record Page<T>(List<T> data, @Nullable String next) {
  public Page {
    data = List.copyOf(data);
  }

  /**
   * The first of what was found, where one more was looked for than a page holds.
   *
   * @param mark what to ask for to get what follows this one
   */
  static <T> Page<T> of(List<T> found, int limit, Function<T, String> mark) {
    return found.size() <= limit
        ? new Page<>(found, null)
        : new Page<>(found.subList(0, limit), mark.apply(found.get(limit - 1)));
  }

  /** What is wrong with a mark that no page gave. */
  static ExpertException unknown() {
    return ExpertException.invalid(
        "after", "'after' is no page mark: send the 'next' of the page before as it is");
  }
}
