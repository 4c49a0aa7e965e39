package io.consilium.bench.tools;

import io.consilium.tools.retrieval.ToolWeights.Signal;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report: what every row finds in every pool, the weights, and how fast it is. */
final class ToolsReport {
  private final ToolsOptions options;
  private final LocalDate date;
  private final String spent;
  private final Map<String, ToolPool> pools;
  private final Fitted fitted;

  ToolsReport(
      ToolsOptions options,
      LocalDate date,
      String spent,
      Map<String, ToolPool> pools,
      Fitted fitted) {
    this.options = options;
    this.date = date;
    this.spent = spent;
    this.pools = pools;
    this.fitted = fitted;
  }

  String text(List<ToolFigure> figures, List<SearchSpeed> speeds) {
    var text = new StringBuilder();
    text.append(
        """
        # Finding tools

        Made on %s by `./consilium bench tools --data DIR`, train h in %s, in %s. The data folder is not part of this
        repository; see [how to measure routing](../../docs/how-to/measure-routing.md).

        Recorded requests and the tools that serve them: ToolE (199 assistant plug-ins; one tool, or two) and
        Seal-Tools (4,076 functions; one or several; its dev, in-domain and out-of-domain parts). `recall@k` is the
        share of the needed tools among the first k, `all@5` the share of requests with all of them among the first
        five. Where a request carries two labels in ToolE, either counts. Cells are the value and half the width of
        its 95 %% interval (bootstrap over requests); differences to `bm25` are bold where their interval is above 0.
        No language model takes part.

        | row | made from |
        |---|---|
        """
            .formatted(date, options.train(), spent));
    for (var row : options.rows()) {
      text.append("| %s | %s |%n".formatted(row.word(), row.input()));
    }
    for (var name : options.pools()) {
      var pool = pools.get(name);
      if (pool != null) {
        pool(pool, figures, text);
      }
    }
    weights(text);
    speed(speeds, text);
    return text.toString();
  }

  private void pool(ToolPool pool, List<ToolFigure> figures, StringBuilder text) {
    var mine = figures.stream().filter(figure -> figure.pool().equals(pool.name())).toList();
    if (mine.isEmpty()) {
      return;
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%n## %s%n%n%,d tools, %,d requests asked (h in %s); %s%n%n",
            pool.name(),
            pool.tools().size(),
            mine.getFirst().n(),
            options.asked(pool),
            pool.trained()
                ? "`examples` may learn from h in "
                    + options.train()
                    + (pool.also().isEmpty() ? "." : ", those of the single-tool set as well.")
                : "nothing of this pool is learnt from."));
    text.append("| row | recall@1 | recall@5 | all@5 | ndcg@5 | mrr | recall@5 against bm25 |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    for (var row : options.rows()) {
      var cells = mine.stream().filter(figure -> figure.row() == row).toList();
      if (!cells.isEmpty()) {
        text.append("| ").append(row.word()).append(" |");
        cells.forEach(figure ->
            text.append(
                String.format(
                    Locale.ROOT,
                    " %.4f ±%.4f |",
                    figure.value(),
                    (figure.hi() - figure.lo()) / 2)));
        var recall =
            cells.stream()
                .filter(figure -> figure.metric() == ToolMetric.RECALL_5)
                .findFirst()
                .orElseThrow();
        text.append(gap(recall)).append('\n');
      }
    }
  }

  private static String gap(ToolFigure figure) {
    if (figure.row() == ToolRow.BM25) {
      return " 0 |";
    }
    return String.format(
        Locale.ROOT,
        figure.diffLo() > 0 ? " **%+.4f** [%+.4f, %+.4f] |" : " %+.4f [%+.4f, %+.4f] |",
        figure.diff(),
        figure.diffLo(),
        figure.diffHi());
  }

  private void weights(StringBuilder text) {
    text.append(
        """

        ## Weights

        Fitted on the training parts of toole-single, toole-multi and seal-dev (at most 1,200 requests of each): the conditional
        logit of every request's candidates, weights at least 0; first those of descriptions, then, against their sum,
        those of requests seen before, with three quarters of the training part indexed and asked the rest. These are
        the weights the service ships (`tool-weights.json`, written by `--fit`).

        | signal | weight |
        |---|---:|
        """);
    for (var signal : Signal.values()) {
      text.append(
          String.format(
              Locale.ROOT, "| %s | %.4f |%n", signal.word(), fitted.weights().of(signal)));
    }
    text.append(
        String.format(
            Locale.ROOT,
            """

            Chosen on the same requests, from 0 to 8: the weight of the likeness to a server in `servers` is %s (by recall@5; the
            first part of a tool's field stands for its server, where there is one), and that of the likeness to tools placed
            before in `marginal` (maximal marginal relevance) is %s (by all@5, of requests for several tools). The service
            does neither: a server's name is among the words of its tools already, and variety helps where many tools are
            alike and requests need several (Seal-Tools), but harms where there are few or one is needed (ToolE).
            """,
            fitted.server(),
            fitted.diversity()));
  }

  private static void speed(List<SearchSpeed> speeds, StringBuilder text) {
    text.append(
        """

        ## Speed

        Time on the processor of the one searching thread, requests embedded before, the best five; the tools of all
        pools, repeated under other ids until there are enough; all training requests of all pools as those seen before.

        | tools | requests seen before | requests timed | p50 ms | p99 ms |
        |---:|---:|---:|---:|---:|
        """);
    for (var speed : speeds) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %,d | %,d | %,d | %.2f | %.2f |%n",
              speed.tools(),
              speed.examples(),
              speed.requests(),
              speed.medianMicros() / 1e3,
              speed.slowMicros() / 1e3));
    }
  }
}
