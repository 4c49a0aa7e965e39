/** Settings, and every constructor call that makes the application. */
@NullMarked
package io.consilium.orchestrator.wiring;

import org.jspecify.annotations.NullMarked;
