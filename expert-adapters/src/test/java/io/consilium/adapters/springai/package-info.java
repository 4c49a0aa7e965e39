/** Tests of the Spring AI expert. */
@NullMarked
package io.consilium.adapters.springai;

import org.jspecify.annotations.NullMarked;
