/** A simulated fleet whose experts and questions change, and how soon that is noticed. */
@NullMarked
package io.consilium.bench.drift;

import org.jspecify.annotations.NullMarked;
