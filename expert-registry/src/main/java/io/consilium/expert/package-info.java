/**
 * The words two or more modules share: what a question, an expert, an answer, a plan and a decision
 * are, and where experts are listed.
 */
@NullMarked
package io.consilium.expert;

import org.jspecify.annotations.NullMarked;
