package io.consilium.expert.jdbc;

import java.util.List;
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
}
