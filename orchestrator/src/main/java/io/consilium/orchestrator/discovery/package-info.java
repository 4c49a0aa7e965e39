/** Finds model servers on this machine and provider keys in the environment. */
@NullMarked
package io.consilium.orchestrator.discovery;

import org.jspecify.annotations.NullMarked;
