/** Any Spring AI chat model as an expert. */
@NullMarked
package io.consilium.adapters.springai;

import org.jspecify.annotations.NullMarked;
