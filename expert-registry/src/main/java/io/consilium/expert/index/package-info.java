/** Search in memory: exact vectors, words, and both together. */
@NullMarked
package io.consilium.expert.index;

import org.jspecify.annotations.NullMarked;
