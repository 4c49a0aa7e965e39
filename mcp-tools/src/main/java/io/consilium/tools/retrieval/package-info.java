/** Finds the right tools for a request among thousands, from what they say of themselves. */
@NullMarked
package io.consilium.tools.retrieval;

import org.jspecify.annotations.NullMarked;
