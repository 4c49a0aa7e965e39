/** Tests of the classifier experts. */
@NullMarked
package io.consilium.adapters.classifier;

import org.jspecify.annotations.NullMarked;
