/** The start: settings, premises, failures. */
@NullMarked
package io.consilium.orchestrator.wiring;

import org.jspecify.annotations.NullMarked;
