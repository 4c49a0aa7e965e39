/** How long the service takes from its start until it answers. */
@NullMarked
package io.consilium.bench.start;

import org.jspecify.annotations.NullMarked;
