/** How cards are written down: the one JSON shape, {@code experts.yaml}, and the price table. */
@NullMarked
package io.consilium.expert.card;

import org.jspecify.annotations.NullMarked;
