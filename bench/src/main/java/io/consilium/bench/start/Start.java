package io.consilium.bench.start;

/**
 * One start of the service.
 *
 * @param readySeconds from the command to the first {@code 200} of {@code /readyz}
 * @param answerMillis of the first question, routed and calculated
 * @param load one-minute load average before it
 */
record Start(double readySeconds, double answerMillis, double load) {}
