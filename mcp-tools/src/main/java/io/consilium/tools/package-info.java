/**
 * Tools of MCP servers as experts: one long-lived connection per configured server, one expert per
 * tool. The only place that knows the MCP SDK.
 */
@NullMarked
package io.consilium.tools;

import org.jspecify.annotations.NullMarked;
