package io.consilium.bench.tools;

import io.consilium.expert.Embedder;
import io.consilium.tools.retrieval.ToolDocument;
import io.consilium.tools.retrieval.ToolExample;
import io.consilium.tools.retrieval.ToolIndex;
import io.consilium.tools.retrieval.ToolRequest;
import io.consilium.tools.retrieval.ToolWeights;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long a search takes among ten thousand tools, on one thread, the request embedded before: the
 * thread's time on a processor, so that what else the machine does is not counted.
 *
 * @param tools how many there were
 * @param examples how many requests seen before were indexed
 * @param requests how many were timed
 * @param medianMicros half of the searches took no longer
 * @param slowMicros 99 of 100 took no longer
 */
record SearchSpeed(int tools, int examples, int requests, double medianMicros, double slowMicros) {
  private static final int TOOLS = 10_000;
  private static final int ROUNDS = 4;

  /** Times searches; the tools are repeated under other ids until there are enough. */
  static SearchSpeed measure(
      List<ToolDocument> tools,
      List<ToolQuery> queries,
      List<ToolQuery> known,
      ToolWeights weights,
      Embedder embedder) {
    List<ToolDocument> all = new ArrayList<>();
    for (int i = 0; all.size() < TOOLS; i++) {
      var tool = tools.get(i % tools.size());
      all.add(
          new ToolDocument(
              tool.id() + "#" + i,
              tool.server(),
              tool.name(),
              tool.description(),
              tool.topics(),
              tool.questions()));
    }
    var index = new ToolIndex(embedder, weights);
    index.replaceAll(all);
    if (!known.isEmpty()) {
      index.learn(
          known.stream().map(query -> new ToolExample(query.text(), query.tools())).toList());
    }
    var requests = queries.stream().map(query -> ToolRequest.of(query.text(), embedder)).toList();
    var clock = ManagementFactory.getThreadMXBean();
    double[] micros = new double[requests.size()];
    for (int round = 0; round < ROUNDS; round++) { // the last counts; the others warm up
      for (int i = 0; i < micros.length; i++) {
        long start = clock.getCurrentThreadCpuTime();
        index.search(requests.get(i), 5, tool -> true);
        micros[i] = (clock.getCurrentThreadCpuTime() - start) / 1e3;
      }
    }
    Arrays.sort(micros);
    return new SearchSpeed(
        all.size(),
        known.size(),
        micros.length,
        micros[micros.length / 2],
        micros[micros.length * 99 / 100]);
  }
}
