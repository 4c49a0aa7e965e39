/**
 * What a service and a PostgreSQL that are killed, or cut off from each other, lose: nothing. The
 * tests do little of it, {@code ./consilium bench durability} much.
 */
@NullMarked
package io.consilium.orchestrator.durability;

import org.jspecify.annotations.NullMarked;
