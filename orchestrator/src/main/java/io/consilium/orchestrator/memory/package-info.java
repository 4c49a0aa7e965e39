/** What tenants' memories hold, and what of it bears on a question. */
@NullMarked
package io.consilium.orchestrator.memory;

import org.jspecify.annotations.NullMarked;
