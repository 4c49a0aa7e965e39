package io.consilium.orchestrator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsReferenceTest {
  private static final Path PAGE = Path.of("../docs/reference/metrics.md");

  @Test
  void theReferencePageSaysWhatTheCodeMeasures() throws IOException {
    String page = page();
    if (Boolean.getBoolean("consilium.docs.write")) {
      Files.createDirectories(PAGE.toAbsolutePath().normalize().getParent());
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as(
            "write it anew: ./mvnw -pl orchestrator -am test -Dtest=MetricsReferenceTest -DargLine=-Dconsilium.docs.write=true")
        .content()
        .isEqualTo(page);
  }

  @Test
  void namesAreNotUsedTwiceAndSentencesEndWithAFullStop() {
    assertThat(Metric.values()).extracting(Metric::id).doesNotHaveDuplicates();
    assertThat(Metric.values()).allSatisfy(metric -> assertThat(metric.sentence()).endsWith("."));
    assertThat(Step.values()).allSatisfy(step -> assertThat(step.sentence()).endsWith("."));
  }

  private static String page() {
    var page = new StringBuilder();
    page.append(
        """
        # Metrics and traces

        Written by `MetricsReferenceTest` from the enums `Metric` and `Step`; do not edit.

        ## Metrics

        `GET /actuator/prometheus` serves them under the names of the second column. Times are in
        seconds, as histograms. Names and attributes starting with `gen_ai.` are OpenTelemetry's
        GenAI conventions; `error.type` is empty for a call that succeeded, else a failure kind.

        | metric | in Prometheus | kind | attributes | tells |
        | --- | --- | --- | --- | --- |
        """);
    for (var metric : Metric.values()) {
      page.append(
          "| `%s` | `%s` | %s | %s | %s |%n"
              .formatted(
                  metric.id(),
                  prometheusName(metric),
                  switch (metric.kind()) {
                    case COUNTER -> "counter";
                    case GAUGE -> "gauge";
                    case TIMER, SUMMARY -> "histogram";
                  },
                  code(metric.tags()),
                  metric.sentence()));
    }
    page.append(
        """

        ## Traces

        Off until `consilium.tracing.endpoint` (or `OTEL_EXPORTER_OTLP_ENDPOINT`) names a collector
        that takes OTLP over HTTP. Spans never hold the contents of questions or answers.

        | span | attributes | spans |
        | --- | --- | --- |
        """);
    for (var step : Step.values()) {
      page.append(
          "| `%s` | %s | %s |%n"
              .formatted(step.pattern(), code(step.attributes()), step.sentence()));
    }
    return page.toString();
  }

  private static String code(List<String> names) {
    return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
  }

  /** As the registry really writes it. */
  private static String prometheusName(Metric metric) {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    register(metric, registry);
    return Arrays.stream(registry.scrape().split("\n"))
        .filter(line -> line.startsWith("# TYPE "))
        .map(line -> line.split(" ")[2])
        .filter(name -> !name.endsWith("_max"))
        .findFirst()
        .orElseThrow();
  }

  private static void register(Metric metric, MeterRegistry registry) {
    String[] values = metric.tags().stream().map(tag -> "x").toArray(String[]::new);
    switch (metric.kind()) {
      case COUNTER -> metric.counter(registry, values).increment();
      case GAUGE -> metric.gauge(registry, () -> 1, values);
      case TIMER -> metric.timer(registry, values).record(java.time.Duration.ofMillis(1));
      case SUMMARY -> metric.summary(registry, values).record(1);
    }
  }
}
