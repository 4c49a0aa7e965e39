/** Long work in the background: fits, replays, interviews; one at a time, with progress. */
@NullMarked
package io.consilium.orchestrator.jobs;

import org.jspecify.annotations.NullMarked;
