/** How well the bundled classifier does on phrasings it has never seen, next to plain baselines. */
@NullMarked
package io.consilium.bench.classifier;

import org.jspecify.annotations.NullMarked;
