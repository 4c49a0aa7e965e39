/** The default estimator: all the others, stacked on held-out outcomes and calibrated. */
@NullMarked
package io.consilium.router.blend;

import org.jspecify.annotations.NullMarked;
