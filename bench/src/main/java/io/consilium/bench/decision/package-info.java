/** How long a decision takes: profile, forecast, plan; one core, steady state, by JMH. */
@NullMarked
package io.consilium.bench.decision;

import org.jspecify.annotations.NullMarked;
