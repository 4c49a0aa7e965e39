/** Batches: many requests of a file, answered in the background, in OpenAI's format. */
@NullMarked
package io.consilium.orchestrator.batch;

import org.jspecify.annotations.NullMarked;
