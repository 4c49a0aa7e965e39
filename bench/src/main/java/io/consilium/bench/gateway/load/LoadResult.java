package io.consilium.bench.gateway.load;

import java.util.List;

/**
 * What one {@link Load} measured. Latencies are milliseconds from the first byte written to the
 * last byte read, of good replies only.
 *
 * @param requests good replies
 * @param errors replies that were not good: another status, not from the mock, broken off, frames
 *     missing or out of order
 * @param seconds from the first request to the last reply
 * @param firstFrameP50 milliseconds to the first content frame; 0 when not streamed
 * @param frames content frames that arrived in order
 * @param framesLost content frames that were due on streams that were started and did not arrive in
 *     order
 * @param perSecond good replies in each second of the load
 * @param firstError what the first bad reply was, or empty
 */
public record LoadResult(
    long requests,
    long errors,
    double seconds,
    double p50,
    double p90,
    double p99,
    double max,
    double firstFrameP50,
    double firstFrameP99,
    long frames,
    long framesLost,
    List<Long> perSecond,
    String firstError) {

  public LoadResult {
    perSecond = List.copyOf(perSecond);
  }

  /** Good replies per second. */
  public double rps() {
    return seconds > 0 ? requests / seconds : 0;
  }
}
