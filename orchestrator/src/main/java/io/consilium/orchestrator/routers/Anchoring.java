package io.consilium.orchestrator.routers;

import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcSamples;
import io.consilium.router.replay.Anchor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** How right answers are by all feedback, and by the uniform sample. */
public final class Anchoring {
  private final JdbcSamples samples;
  private final InstantSource clock;

  public Anchoring(JdbcSamples samples, InstantSource clock) {
    this.samples = samples;
    this.clock = clock;
  }

  /** Both over the last days, and whether they differ. Blocks while the store reads. */
  public ObjectNode over(int days) {
    var from = clock.instant().minus(Duration.ofDays(days));
    var anchor =
        Anchor.of(
            scores(samples.words(from, true)),
            scores(samples.words(from, false)),
            samples.audited(from));
    var node = Json.object().put("days", days);
    put(node, "feedback", anchor.feedback());
    put(node, "audit", anchor.audit()).put("drawn", anchor.drawn());
    return node.put("finding", anchor.finding().name().toLowerCase(Locale.ROOT))
        .put("note", note(anchor));
  }

  private static String note(Anchor anchor) {
    return switch (anchor.finding()) {
      case UNKNOWN ->
          "%d of %d answers of the uniform sample are judged: too few to say whether feedback is one-sided (GET /v1/decisions?sample=waiting lists the others)"
              .formatted(anchor.audit().n(), anchor.drawn());
      case AGREE -> "feedback and the uniform sample agree within chance";
      case DIFFER ->
          "feedback says %.1f %% are right and the uniform sample %.1f %%: feedback is one-sided, go by the sample"
              .formatted(100 * anchor.feedback().value(), 100 * anchor.audit().value());
    };
  }

  private static List<Double> scores(List<JdbcSamples.Word> words) {
    return words.stream().map(JdbcSamples.Word::score).toList();
  }

  private static ObjectNode put(ObjectNode node, String name, Anchor.Share share) {
    return node.putObject(name)
        .put("n", share.n())
        .put("value", share.n() == 0 ? null : share.value())
        .put("low", share.low())
        .put("high", share.high());
  }
}
