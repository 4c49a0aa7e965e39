/** The command line: a plain HTTP client of the service, without Spring so that it starts fast. */
@NullMarked
package io.consilium.orchestrator.cli;

import org.jspecify.annotations.NullMarked;
