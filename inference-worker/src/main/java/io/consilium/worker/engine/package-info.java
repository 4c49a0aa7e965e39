/** Model files, the native library, and lanes that generate tokens. */
@org.jspecify.annotations.NullMarked
package io.consilium.worker.engine;
