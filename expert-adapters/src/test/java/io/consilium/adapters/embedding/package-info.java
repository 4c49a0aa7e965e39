/** Tests of embedding in this process. */
@NullMarked
package io.consilium.adapters.embedding;

import org.jspecify.annotations.NullMarked;
