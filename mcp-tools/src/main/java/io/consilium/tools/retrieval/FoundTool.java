package io.consilium.tools.retrieval;

import java.util.Map;

/**
 * A tool found for a request.
 *
 * @param tool its document
 * @param score how well it fits, comparable within one answer; higher is better
 * @param why what each signal added to the score, by its name in {@link ToolWeights.Signal}
 */
public record FoundTool(ToolDocument tool, double score, Map<ToolWeights.Signal, Double> why) {
  public FoundTool {
    why = Map.copyOf(why);
  }
}
