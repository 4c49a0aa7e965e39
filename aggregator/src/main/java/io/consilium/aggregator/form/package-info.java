/**
 * Normal forms of answers: each class reads one sort of text and gives one spelling to what is
 * equal. They are quick, have no effects and never fail: a text of another sort is empty.
 */
@NullMarked
package io.consilium.aggregator.form;

import org.jspecify.annotations.NullMarked;
