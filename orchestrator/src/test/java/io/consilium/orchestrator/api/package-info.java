/** The HTTP faces, tested over real HTTP. */
@NullMarked
package io.consilium.orchestrator.api;

import org.jspecify.annotations.NullMarked;
