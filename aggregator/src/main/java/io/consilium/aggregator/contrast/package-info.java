/**
 * What several experts agreed on, differed on and contributed, for whoever asks how an answer came.
 */
@NullMarked
package io.consilium.aggregator.contrast;

import org.jspecify.annotations.NullMarked;
