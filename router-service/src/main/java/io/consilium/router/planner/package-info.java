/** Which programme answers a question: experts alone, one after another, or at once. */
@NullMarked
package io.consilium.router.planner;

import org.jspecify.annotations.NullMarked;
