package io.consilium.bench.tools;

import io.consilium.tools.retrieval.ToolWeights;

/**
 * What was fitted on training requests.
 *
 * @param weights of the signals of an index
 * @param server what a cosine with a tool's server adds to the tool's score
 * @param diversity what a cosine with a tool that stands before takes from it
 */
record Fitted(ToolWeights weights, double server, double diversity) {}
