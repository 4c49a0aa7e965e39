/** Who may do what: keys, roles, and the loopback rule. */
@NullMarked
package io.consilium.orchestrator.security;

import org.jspecify.annotations.NullMarked;
