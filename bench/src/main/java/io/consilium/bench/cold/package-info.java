/** How well the router does when it knows nothing but descriptions and skills. */
@NullMarked
package io.consilium.bench.cold;

import org.jspecify.annotations.NullMarked;
