/** What happens, told as it happens. */
@NullMarked
package io.consilium.orchestrator.live;

import org.jspecify.annotations.NullMarked;
