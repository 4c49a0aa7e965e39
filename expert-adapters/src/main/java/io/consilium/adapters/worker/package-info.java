/** Inference engines: what they serve, their adapters, and what they can do. */
@org.jspecify.annotations.NullMarked
package io.consilium.adapters.worker;
