package io.consilium.bench.gateway;

/**
 * One measured number.
 *
 * @param target whose it is
 * @param scenario what was done to it, for example {@code instant-pinned}
 * @param metric what was measured, with its unit where it has one, for example {@code p99_ms}
 * @param value the number
 * @param loadAverage one-minute load average of the machine when it was taken
 */
public record Measure(
    Target target, String scenario, String metric, double value, double loadAverage) {}
