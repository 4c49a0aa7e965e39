/** Carries a plan out: asks its experts, keeps what survives, makes one answer of it. */
@NullMarked
package io.consilium.aggregator;

import org.jspecify.annotations.NullMarked;
