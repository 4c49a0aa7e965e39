/**
 * Which experts should answer: what is asked, who may, who will probably be right, and the plan.
 */
@NullMarked
package io.consilium.router;

import org.jspecify.annotations.NullMarked;
