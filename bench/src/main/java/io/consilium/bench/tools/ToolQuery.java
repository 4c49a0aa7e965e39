package io.consilium.bench.tools;

import io.consilium.router.records.QuestionHash;
import java.util.Set;

/**
 * A recorded request.
 *
 * @param text what was asked
 * @param tools the tools that serve it
 * @param any whether one of them is enough; else all are needed
 * @param hash of the text, by which records are split
 */
record ToolQuery(String text, Set<String> tools, boolean any, double hash) {
  ToolQuery {
    tools = Set.copyOf(tools);
  }

  static ToolQuery of(String text, Set<String> tools, boolean any) {
    return new ToolQuery(text, tools, any, QuestionHash.of(text));
  }
}
