/**
 * The bundled MCP server: a calculator, a unit converter and a date calculator that read plain
 * words. Runs as a process of its own and imports nothing of the rest.
 */
@NullMarked
package io.consilium.tools.everyday;

import org.jspecify.annotations.NullMarked;
