/** Experts that need nobody: for tests, benches and replays. */
@NullMarked
package io.consilium.expert.testing;

import org.jspecify.annotations.NullMarked;
