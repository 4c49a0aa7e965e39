/** Outcome records as people have them, read into one table; every complaint names its place. */
@NullMarked
package io.consilium.router.records;

import org.jspecify.annotations.NullMarked;
