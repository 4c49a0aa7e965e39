/** How soon the console's screens appear when the store is full. */
@NullMarked
package io.consilium.bench.console;

import org.jspecify.annotations.NullMarked;
