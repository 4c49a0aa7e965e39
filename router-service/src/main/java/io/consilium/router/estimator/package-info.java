/** Published ways to learn, from outcomes, who will be right: one class per method. */
@NullMarked
package io.consilium.router.estimator;

import org.jspecify.annotations.NullMarked;
