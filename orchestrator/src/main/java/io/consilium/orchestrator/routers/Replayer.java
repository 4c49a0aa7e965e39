package io.consilium.orchestrator.routers;

import io.consilium.aggregator.PlanRunner;
import io.consilium.expert.Json;
import io.consilium.expert.Roster;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.orchestrator.jobs.Progress;
import io.consilium.router.blend.BlendEstimator;
import io.consilium.router.records.HashRange;
import io.consilium.router.records.Imported;
import io.consilium.router.replay.Replay;
import io.consilium.router.replay.ReplayPolicy;
import io.consilium.router.replay.ReplayResult;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** Plays policies over recorded outcomes: those on record, or some that were sent. */
public final class Replayer {
  private static final Pattern COUNT = Pattern.compile("([\\d,]+) of ([\\d,]+)");

  private final Evidence evidence;
  private final PlanRunner runner;
  private final Path folder;

  /**
   * A replayer.
   *
   * @param folder keeps vectors of questions that were sent; this process's own
   */
  public Replayer(Evidence evidence, PlanRunner runner, Path folder) {
    this.evidence = evidence;
    this.runner = runner;
    this.folder = folder;
  }

  /** The outcomes on record, by the names of the experts registered now. */
  public Imported recorded(Roster roster) {
    return evidence.enough(roster, 2);
  }

  /** Plays; seconds to minutes. */
  public ObjectNode replay(
      Imported records, ReplayPolicy policy, HashRange train, HashRange test, Progress progress) {
    var embedder = new CachedEmbedder(evidence.embedder(), folder);
    var result =
        new Replay(
                records,
                policy,
                BlendEstimator.standard(),
                embedder,
                (route, question, experts, onReply) ->
                    runner.run(route, question, experts, piece -> {}, onReply),
                doing -> progress.at(share(doing), doing))
            .run(train, test);
    var root =
        Json.object()
            .put("questions", result.asked())
            .put("learnt_from", result.learnt())
            .put("train", train.toString())
            .put("test", test.toString());
    lines(result.lines(), root);
    var categories = root.putArray("categories");
    for (var category : result.categories()) {
      var node = categories.addObject();
      node.put("category", category.name()).put("questions", category.asked());
      lines(category.lines(), node);
    }
    result.notes().forEach(root.putArray("notes")::add);
    return root;
  }

  private static void lines(List<ReplayResult.Line> lines, ObjectNode into) {
    var array = into.putArray("lines");
    for (var line : lines) {
      array
          .addObject()
          .put("name", line.name())
          .put("accuracy", line.accuracy())
          .put("usd", Double.isNaN(line.usd()) ? null : (Double) line.usd())
          .put("calls", line.calls())
          .put("abstained", line.abstained());
    }
  }

  /** Questions are read, then learnt from, then played. */
  private static double share(String doing) {
    var count = COUNT.matcher(doing);
    double part =
        count.find()
            ? Double.parseDouble(count.group(1).replace(",", ""))
                / Math.max(1, Double.parseDouble(count.group(2).replace(",", "")))
            : 0;
    return doing.startsWith("embedded")
        ? 0.4 * part
        : doing.startsWith("played") ? 0.8 + 0.2 * part : 0.4;
  }
}
