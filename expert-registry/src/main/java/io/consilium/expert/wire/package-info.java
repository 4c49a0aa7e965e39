/**
 * The OpenAI wire formats, read and written: API and adapters speak them with the same code, so
 * what one side reads the other has written.
 */
@NullMarked
package io.consilium.expert.wire;

import org.jspecify.annotations.NullMarked;
