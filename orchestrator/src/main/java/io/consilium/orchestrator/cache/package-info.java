/** Answers that are given again. */
@NullMarked
package io.consilium.orchestrator.cache;

import org.jspecify.annotations.NullMarked;
