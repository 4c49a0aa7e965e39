/** Embeddings computed in this process: ONNX Runtime on a platform pool of its own. */
@NullMarked
package io.consilium.adapters.embedding;

import org.jspecify.annotations.NullMarked;
