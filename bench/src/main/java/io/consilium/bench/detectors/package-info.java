/** How well the wireless detectors read channels they were not trained on. */
@NullMarked
package io.consilium.bench.detectors;

import org.jspecify.annotations.NullMarked;
