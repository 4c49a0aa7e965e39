/** The vendors' own client libraries against the running service. */
@NullMarked
package io.consilium.orchestrator.sdk;

import org.jspecify.annotations.NullMarked;
