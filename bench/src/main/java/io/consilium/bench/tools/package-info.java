/** Which tools are found for a request, by words, by meaning and by requests seen before. */
@NullMarked
package io.consilium.bench.tools;

import org.jspecify.annotations.NullMarked;
