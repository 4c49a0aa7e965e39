/** What stands around every expert: deadline, retries, breaker, limits, measurements. */
@NullMarked
package io.consilium.orchestrator.guard;

import org.jspecify.annotations.NullMarked;
