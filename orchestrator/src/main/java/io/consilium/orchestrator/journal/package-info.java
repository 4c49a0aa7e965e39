/** The record of what was decided: durable in a file at once, in the store soon after. */
@NullMarked
package io.consilium.orchestrator.journal;

import org.jspecify.annotations.NullMarked;
