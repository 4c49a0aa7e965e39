/** Questions with known answers, and whether an answer is right. */
@NullMarked
package io.consilium.orchestrator.evaluate;

import org.jspecify.annotations.NullMarked;
