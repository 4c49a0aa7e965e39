/** HTTP in and out, OpenAI-compatible and native; bytes go out as they came in. */
@NullMarked
package io.consilium.orchestrator.api;

import org.jspecify.annotations.NullMarked;
