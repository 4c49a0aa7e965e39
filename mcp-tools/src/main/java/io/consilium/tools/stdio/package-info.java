/** What the bundled MCP servers share: a process that speaks MCP on standard input and output. */
@NullMarked
package io.consilium.tools.stdio;

import org.jspecify.annotations.NullMarked;
