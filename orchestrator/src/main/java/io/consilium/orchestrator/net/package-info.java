/** Knowing that a client went away, which servlet containers do not tell. */
@NullMarked
package io.consilium.orchestrator.net;

import org.jspecify.annotations.NullMarked;
