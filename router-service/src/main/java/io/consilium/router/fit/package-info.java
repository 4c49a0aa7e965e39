/** What routers are fitted from, and the one way every estimator is fitted. */
@NullMarked
package io.consilium.router.fit;

import org.jspecify.annotations.NullMarked;
