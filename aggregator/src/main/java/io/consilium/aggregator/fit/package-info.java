/**
 * What votes are weighed by, fitted from recorded answers: plain arrays in, one immutable record
 * out, which can be stored and versioned like a router. Nothing here knows how replies come.
 */
@NullMarked
package io.consilium.aggregator.fit;

import org.jspecify.annotations.NullMarked;
