/** Metrics and traces, each named and described in one enum. */
@NullMarked
package io.consilium.orchestrator.telemetry;

import org.jspecify.annotations.NullMarked;
