/** Outcomes that nobody has to give: by the form of answers, by tests, by judges. */
@NullMarked
package io.consilium.orchestrator.judge;

import org.jspecify.annotations.NullMarked;
