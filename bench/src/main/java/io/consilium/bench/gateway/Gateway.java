package io.consilium.bench.gateway;

import java.util.List;
import java.util.Optional;

/**
 * A target that answers.
 *
 * @param target which
 * @param port on loopback
 * @param headers header lines it wants with each request
 * @param process its process; empty for the direct mock, which is not measured
 * @param readySeconds from start to the first answered request
 */
record Gateway(
    Target target,
    int port,
    List<String> headers,
    Optional<PinnedProcess> process,
    double readySeconds)
    implements AutoCloseable {

  @Override
  public void close() {
    process.ifPresent(PinnedProcess::close);
  }
}
