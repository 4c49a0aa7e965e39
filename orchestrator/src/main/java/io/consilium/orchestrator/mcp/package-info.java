/** Consilium as an MCP server: tools, resources and prompts over HTTP, for any agent. */
@NullMarked
package io.consilium.orchestrator.mcp;

import org.jspecify.annotations.NullMarked;
