/** What running a panel adds to its slowest expert. */
@NullMarked
package io.consilium.bench.panel;

import org.jspecify.annotations.NullMarked;
