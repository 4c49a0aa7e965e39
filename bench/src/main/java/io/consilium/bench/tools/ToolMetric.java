package io.consilium.bench.tools;

import java.util.List;

/** How well a ranking serves a request; each is 0 to 1 per request, and the mean over requests. */
enum ToolMetric {
  RECALL_1("recall@1") {
    @Override
    double of(List<String> ranked, ToolQuery query) {
      return recall(ranked, query, 1);
    }
  },
  RECALL_5("recall@5") {
    @Override
    double of(List<String> ranked, ToolQuery query) {
      return recall(ranked, query, DEPTH);
    }
  },
  /** Whether every tool that is needed is among the first five. */
  ALL_5("all@5") {
    @Override
    double of(List<String> ranked, ToolQuery query) {
      return recall(ranked, query, DEPTH) == 1 ? 1 : 0;
    }
  },
  NDCG_5("ndcg@5") {
    @Override
    double of(List<String> ranked, ToolQuery query) {
      double gained = 0;
      double ideal = 0;
      int right = query.any() ? 1 : query.tools().size();
      int found = 0;
      for (int i = 0; i < Math.min(DEPTH, ranked.size()); i++) {
        if (found < right && query.tools().contains(ranked.get(i))) {
          gained += discount(i);
          found++;
        }
      }
      for (int i = 0; i < Math.min(DEPTH, right); i++) {
        ideal += discount(i);
      }
      return gained / ideal;
    }
  },
  /** One over the rank of the first right tool; 0 where none is found. */
  MRR("mrr") {
    @Override
    double of(List<String> ranked, ToolQuery query) {
      for (int i = 0; i < ranked.size(); i++) {
        if (query.tools().contains(ranked.get(i))) {
          return 1.0 / (i + 1);
        }
      }
      return 0;
    }
  };

  private static final int DEPTH = 5;

  private final String word;

  ToolMetric(String word) {
    this.word = word;
  }

  /** Its name in reports and JSON lines. */
  String word() {
    return word;
  }

  abstract double of(List<String> ranked, ToolQuery query);

  private static double recall(List<String> ranked, ToolQuery query, int depth) {
    long found = ranked.stream().limit(depth).filter(query.tools()::contains).count();
    return query.any() ? Math.min(1, found) : (double) found / query.tools().size();
  }

  private static double discount(int position) {
    return Math.log(2) / Math.log(position + 2.0);
  }
}
