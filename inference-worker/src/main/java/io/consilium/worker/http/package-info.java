/** The worker's HTTP interface: OpenAI's format and the control plane of llama.cpp and vLLM. */
@org.jspecify.annotations.NullMarked
package io.consilium.worker.http;
