/** How much better the router gets with use. */
@NullMarked
package io.consilium.bench.learning;

import org.jspecify.annotations.NullMarked;
