/** The load generator of the gateway bench: one thread, one selector, keep-alive connections. */
@NullMarked
package io.consilium.bench.gateway.load;

import org.jspecify.annotations.NullMarked;
