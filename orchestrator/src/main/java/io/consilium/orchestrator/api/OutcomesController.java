package io.consilium.orchestrator.api;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Outcome;
import io.consilium.expert.Roster;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.routers.OutcomeIntake;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Takes outcomes of experts on questions, and shows what is on record. */
@RestController
public final class OutcomesController {
  private static final String PATH = "/v1/outcomes";
  private static final List<String> FILTERS =
      List.of("expert", "limit", "after", "near", "q", "registered", "by");
  private static final int USUAL_PAGE = 1_000;
  private static final int LONGEST_PAGE = 10_000;

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
    Given.oneOf(request, "by", List.of("category"));
    Given.oneOf(request, "registered", List.of("true", "false"));
    int limit = Given.limit(request, USUAL_PAGE, LONGEST_PAGE);
    var after = request.getParameter("after");
    if (request.getParameter("by") != null) {
      byCategory(expert, limit, response);
      return;
    }
    if (expert == null) {
      var registered = request.getParameter("registered");
      counts(
          request.getParameter("q"),
          registered == null ? null : Boolean.valueOf(registered),
          limit,
          after,
          response);
      return;
    }
    var root = Json.object();
    var data = root.putArray("data");
    var page = outcomes.page(expert, after, limit);
    page.data().forEach(outcome -> data.add(shown(outcome)));
    Bodies.write(200, root.put("next", page.next()), response);
  }

  /** What is on record of each expert; how much there is in all stands on the first page only. */
  private void counts(
      @Nullable String about,
      @Nullable Boolean registered,
      int limit,
      @Nullable String after,
      HttpServletResponse response)
      throws IOException {
    var ids = ids(orchestrator.roster());
    List<ObjectNode> found = new ArrayList<>();
    var mark = after;
    boolean more = true;
    while (more && found.size() <= limit) {
      // who is registered only the roster knows: read on until there are enough of the wished ones
      var page = outcomes.counts(about, Math.max(limit, USUAL_PAGE), mark);
      for (var count : page.data()) {
        var id = ids.get(count.expert().replaceFirst("@\\d+$", ""));
        if (registered == null || registered == (id != null)) {
          found.add(
              Json.object()
                  .put("expert", count.expert())
                  .put("registered", id)
                  .put("outcomes", count.outcomes())
                  .put("correct", count.correct())
                  .put("usd", Double.isNaN(count.usd()) ? null : (Double) count.usd())
                  .put("evaluated", count.judged()));
        }
      }
      mark = page.next();
      more = mark != null;
    }
    var root = Json.object();
    var data = root.putArray("data");
    found.stream().limit(limit).forEach(data::add);
    root.put("next", found.size() > limit ? found.get(limit - 1).path("expert").asString() : null);
    if (after == null) {
      var all = outcomes.extent();
      root.putObject("total").put("outcomes", all.outcomes()).put("experts", all.experts());
    }
    Bodies.write(200, root, response);
  }

  /** The id behind every name that is taken: ids and aliases. */
  private static Map<String, String> ids(Roster roster) {
    Map<String, String> ids = new HashMap<>();
    for (var card : roster.cards()) {
      card.aliases().forEach(alias -> ids.putIfAbsent(alias, card.id()));
    }
    roster.cards().forEach(card -> ids.put(card.id(), card.id()));
    return ids;
  }

  /** What is on record of an expert under all the names it was recorded by. */
  private void byCategory(@Nullable String expert, int limit, HttpServletResponse response)
      throws IOException {
    if (expert == null) {
      throw ExpertException.invalid(
          "expert", "'by=category' adds up one expert's outcomes: say whose with 'expert'");
    }
    var names =
        orchestrator.roster().find(expert).map(seat -> names(seat.card())).orElse(List.of(expert));
    var root = Json.object();
    var data = root.putArray("data");
    for (var category : outcomes.categories(names, limit)) {
      data.addObject()
          .put("category", category.category())
          .put("outcomes", category.outcomes())
          .put("correct", category.correct())
          .put("usd", Double.isNaN(category.usd()) ? null : (Double) category.usd());
    }
    Bodies.write(200, root.putNull("next"), response);
  }

  /** Its id and aliases, each bare and with every version there was. */
  private static List<String> names(ExpertCard card) {
    return Stream.concat(Stream.of(card.id()), card.aliases().stream())
        .flatMap(name ->
            Stream.concat(
                Stream.of(name),
                IntStream.rangeClosed(1, card.version()).mapToObj(version -> name + "@" + version)))
        .toList();
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
