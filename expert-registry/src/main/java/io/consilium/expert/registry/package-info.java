/** The registry: snapshots over a store of cards, the watched file, and the health of experts. */
@NullMarked
package io.consilium.expert.registry;

import org.jspecify.annotations.NullMarked;
