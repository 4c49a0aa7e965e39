/** What is lost when the service and its database are killed or cut off from each other. */
@NullMarked
package io.consilium.bench.durability;

import org.jspecify.annotations.NullMarked;
