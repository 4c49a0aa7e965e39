/** How well abilities forecast, and how few questions measure a new expert. */
@NullMarked
package io.consilium.bench.abilities;

import org.jspecify.annotations.NullMarked;
