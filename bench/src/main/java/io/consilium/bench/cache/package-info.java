/** Whether the semantic cache gives right answers only, and how often it gives one. */
@NullMarked
package io.consilium.bench.cache;

import org.jspecify.annotations.NullMarked;
