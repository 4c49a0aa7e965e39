/** How soon, and how surely, the nearest of many vectors are found. */
@NullMarked
package io.consilium.bench.neighbours;

import org.jspecify.annotations.NullMarked;
