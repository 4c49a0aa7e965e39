/** Runs decisions on record again, from their recorded replies: to explain, and to give credit. */
@NullMarked
package io.consilium.orchestrator.replay;

import org.jspecify.annotations.NullMarked;
