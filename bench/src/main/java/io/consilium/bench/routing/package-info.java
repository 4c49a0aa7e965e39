/** Estimators and planners on recorded outcomes, next to random, best single, table and oracle. */
@NullMarked
package io.consilium.bench.routing;

import org.jspecify.annotations.NullMarked;
