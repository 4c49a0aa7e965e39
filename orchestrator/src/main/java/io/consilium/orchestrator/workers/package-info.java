/** Inference workers: attached ones, and the one this service starts. */
@NullMarked
package io.consilium.orchestrator.workers;

import org.jspecify.annotations.NullMarked;
