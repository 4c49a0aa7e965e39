/** Replays and benchmarks of Consilium; {@link io.consilium.bench.Bench} runs one by name. */
@NullMarked
package io.consilium.bench;

import org.jspecify.annotations.NullMarked;
