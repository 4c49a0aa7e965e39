/** Bench of the inference worker. */
@NullMarked
package io.consilium.bench.worker;

import org.jspecify.annotations.NullMarked;
