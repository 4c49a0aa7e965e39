/** What experts are able to do, as one space for all of them: fitted, interviewed, followed. */
@NullMarked
package io.consilium.router.ability;

import org.jspecify.annotations.NullMarked;
