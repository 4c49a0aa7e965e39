/**
 * The gateway bench: our service, a thin Spring MVC endpoint and Portkey's gateway as processes on
 * one pinned core, against one mock upstream, in one run.
 */
@NullMarked
package io.consilium.bench.gateway;

import org.jspecify.annotations.NullMarked;
