/** Whether two questions that look alike ask the same. */
@NullMarked
package io.consilium.router.paraphrase;

import org.jspecify.annotations.NullMarked;
