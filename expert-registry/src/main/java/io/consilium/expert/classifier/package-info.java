/** Linear classifiers of vectors, which the classifier experts and the detectors share. */
@NullMarked
package io.consilium.expert.classifier;

import org.jspecify.annotations.NullMarked;
