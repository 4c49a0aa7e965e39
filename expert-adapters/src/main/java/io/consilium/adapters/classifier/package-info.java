/** Linear text classifiers as experts, and the data and training of the bundled one. */
@NullMarked
package io.consilium.adapters.classifier;

import org.jspecify.annotations.NullMarked;
