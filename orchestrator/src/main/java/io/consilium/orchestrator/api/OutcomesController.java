package io.consilium.orchestrator.api;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Outcome;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.routers.OutcomeIntake;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Takes outcomes of experts on questions, and shows what is on record. */
@RestController
public final class OutcomesController {
  private static final String PATH = "/v1/outcomes";
  private static final List<String> FILTERS = List.of("expert", "limit", "after", "near");

  private final JdbcOutcomes outcomes;
  private final OutcomeIntake intake;
  private final Orchestrator orchestrator;
  private final Bodies bodies;
  private final Embedder embedder;
  private final InstantSource clock;

  /**
   * @param embedder in whose space questions are compared
   */
  public OutcomesController(
      JdbcOutcomes outcomes,
      OutcomeIntake intake,
      Orchestrator orchestrator,
      Bodies bodies,
      Embedder embedder,
      InstantSource clock) {
    this.outcomes = outcomes;
    this.intake = intake;
    this.orchestrator = orchestrator;
    this.bodies = bodies;
    this.embedder = embedder;
    this.clock = clock;
  }

  @PostMapping(PATH)
  public void add(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var caller = Caller.of(request);
    if (!caller.recordContent()) {
      throw new ExpertException(
          FailureKind.FORBIDDEN,
          "with this key no contents are kept, and outcomes are of no use without their questions:"
              + " send them with a key that lets contents be recorded");
    }
    var source = source(request.getParameter("source"));
    var sent = OutcomeIntake.read(bodies.bytes(request), Bodies.form(request));
    var report = intake.keep(sent, source, caller.tenant(), clock.instant());
    var root =
        Json.object()
            .put("accepted", report.added().outcomes())
            .put("items", report.added().items());
    var skipped = root.putObject("skipped");
    report.skipped().forEach(skipped::put);
    if (report.added().known() > 0) {
      skipped.put("already on record", report.added().known());
    }
    Bodies.write(200, root, response);
  }

  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, FILTERS);
    var expert = request.getParameter("expert");
    var near = request.getParameter("near");
    if (near != null) {
      near(near, expert, Given.limit(request, 20, 200), response);
      return;
    }
    var root = Json.object();
    var data = root.putArray("data");
    if (expert == null) {
      var roster = orchestrator.roster();
      for (var count : outcomes.counts()) {
        var bare = count.expert().replaceFirst("@\\d+$", "");
        data.addObject()
            .put("expert", count.expert())
            .put("registered", roster.find(bare).map(seat -> seat.card().id()).orElse(null))
            .put("outcomes", count.outcomes())
            .put("correct", count.correct())
            .put("usd", Double.isNaN(count.usd()) ? null : (Double) count.usd())
            .put("evaluated", count.judged());
      }
      Bodies.write(200, root.putNull("next"), response);
      return;
    }
    var page =
        outcomes.page(expert, request.getParameter("after"), Given.limit(request, 1_000, 10_000));
    page.data().forEach(outcome -> data.add(shown(outcome)));
    Bodies.write(200, root.put("next", page.next()), response);
  }

  /** Who was right on questions like this one. */
  private void near(
      String text, @Nullable String expert, int questions, HttpServletResponse response)
      throws IOException {
    if (text.isBlank()) {
      throw ExpertException.invalid("near", "'near' must be a question");
    }
    var found = outcomes.nearest(embedder.id(), embedder.embed(text), questions);
    var of = outcomes.of(found.stream().map(JdbcOutcomes.Near::item).toList());
    var root = Json.object();
    var data = root.putArray("data");
    for (var item : found) {
      of.getOrDefault(item.item(), List.of()).stream()
          .filter(outcome -> expert == null || outcome.expert().equals(expert))
          .forEach(outcome -> data.add(shown(outcome).put("cosine", item.cosine())));
    }
    Bodies.write(200, root.putNull("next"), response);
  }

  private static ObjectNode shown(Outcome outcome) {
    return Json.object()
        .put("expert", outcome.expert())
        .put("item", outcome.item())
        .put("correct", outcome.correct())
        .put("cost", Double.isNaN(outcome.usd()) ? null : (Double) outcome.usd())
        .put("tokens", Double.isNaN(outcome.tokens()) ? null : (Double) outcome.tokens())
        .put("category", outcome.category())
        .put("source", name(outcome.source()))
        .put("at", outcome.at().toString());
  }

  private static Outcome.Source source(@Nullable String word) {
    return word == null
        ? Outcome.Source.BENCHMARK
        : Arrays.stream(Outcome.Source.values())
            .filter(source -> name(source).equals(word))
            .findAny()
            .orElseThrow(() ->
                ExpertException.invalid(
                    "source",
                    "'source' must be one of %s, not %s"
                        .formatted(
                            Arrays.stream(Outcome.Source.values())
                                .map(OutcomesController::name)
                                .collect(Collectors.joining(", ")),
                            word)));
  }

  private static String name(Outcome.Source source) {
    return source.name().toLowerCase(Locale.ROOT);
  }
}
