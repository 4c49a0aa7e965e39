/** Fake servers that adapters are tested against. */
@NullMarked
package io.consilium.adapters.testing;

import org.jspecify.annotations.NullMarked;
