/** What would have happened: policies played over records of outcomes. */
@NullMarked
package io.consilium.router.replay;

import org.jspecify.annotations.NullMarked;
