package io.consilium.bench.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ToolMetricTest {
  private static final List<String> RANKED = List.of("x", "a", "y", "b", "z", "c");

  @Test
  void ofSeveralNeededToolsThoseAmongTheFirstCount() {
    var query = ToolQuery.of("book and tell", Set.of("a", "b", "c"), false);

    assertThat(ToolMetric.RECALL_1.of(RANKED, query)).isEqualTo(0);
    assertThat(ToolMetric.RECALL_5.of(RANKED, query)).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(ToolMetric.ALL_5.of(RANKED, query)).isEqualTo(0);
    assertThat(ToolMetric.MRR.of(RANKED, query)).isEqualTo(0.5);
    // (1 / log2 3 + 1 / log2 5) / (1 + 1 / log2 3 + 1 / log2 4)
    assertThat(ToolMetric.NDCG_5.of(RANKED, query)).isCloseTo(0.498189, within(1e-6));
  }

  @Test
  void whereOneOfTwoIsEnoughOneIsAll() {
    var query = ToolQuery.of("book", Set.of("a", "c"), true);

    assertThat(ToolMetric.RECALL_5.of(RANKED, query)).isEqualTo(1);
    assertThat(ToolMetric.ALL_5.of(RANKED, query)).isEqualTo(1);
    // 1 / log2 3, of 1
    assertThat(ToolMetric.NDCG_5.of(RANKED, query)).isCloseTo(0.630930, within(1e-6));
  }

  @Test
  void whatIsNotFoundCountsNothing() {
    var query = ToolQuery.of("fly", Set.of("plane"), false);

    for (var metric : ToolMetric.values()) {
      assertThat(metric.of(RANKED, query)).as(metric.word()).isEqualTo(0);
    }
  }
}
