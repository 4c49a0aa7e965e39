/** Connections, from the client to the upstream server and back. */
@NullMarked
package io.consilium.orchestrator.net;

import org.jspecify.annotations.NullMarked;
