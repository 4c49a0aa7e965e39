/**
 * The inference worker: a process that runs a model file with llama.cpp and speaks OpenAI's format.
 */
@org.jspecify.annotations.NullMarked
package io.consilium.worker;
