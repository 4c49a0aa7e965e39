package io.consilium.tools;

import io.consilium.expert.Expert;
import io.consilium.tools.retrieval.FoundTool;
import java.util.List;

/** The tools an expert may use, found by what they are for. Safe for many threads. */
public interface Toolbox {
  /**
   * Up to {@code limit} tools for a request, best first, that can be called now. Blocks while the
   * request is embedded.
   */
  List<FoundTool> find(String request, int limit);

  /** The expert that calls a found tool; its last user turn is the call. */
  Expert expert(FoundTool tool);

  /** Hears that a tool served a request in the end, so that it is found sooner for the like. */
  void served(String request, List<String> tools);
}
