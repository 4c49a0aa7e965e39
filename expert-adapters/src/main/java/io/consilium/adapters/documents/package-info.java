/** Documents as an expert: read, cut into passages, indexed, and quoted. */
@NullMarked
package io.consilium.adapters.documents;

import org.jspecify.annotations.NullMarked;
