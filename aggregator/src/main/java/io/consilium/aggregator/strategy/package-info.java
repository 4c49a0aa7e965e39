/** Ways to make one answer of several: one class each. */
@NullMarked
package io.consilium.aggregator.strategy;

import org.jspecify.annotations.NullMarked;
