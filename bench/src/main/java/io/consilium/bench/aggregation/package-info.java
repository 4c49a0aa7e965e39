/** Ways to make one answer of several, on recorded answers. */
@NullMarked
package io.consilium.bench.aggregation;

import org.jspecify.annotations.NullMarked;
