/**
 * Servers that speak OpenAI's wire format, through a thin client of our own: the hot path, so no
 * model SDK stands in it.
 */
@NullMarked
package io.consilium.adapters.openai;

import org.jspecify.annotations.NullMarked;
