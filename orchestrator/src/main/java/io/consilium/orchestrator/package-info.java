/** The application: one request's story, the live experts, the start. */
@NullMarked
package io.consilium.orchestrator;

import org.jspecify.annotations.NullMarked;
