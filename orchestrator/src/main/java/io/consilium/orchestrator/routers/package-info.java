/** What the service knows of outcomes, and the router versions fitted from them. */
@NullMarked
package io.consilium.orchestrator.routers;

import org.jspecify.annotations.NullMarked;
