package io.consilium.orchestrator.api;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcCredits;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcFeedback;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Shows what was decided. */
@RestController
public final class DecisionsController {
  private static final String PATH = "/v1/decisions";
  private static final int USUAL_PAGE = 50;
  private static final List<String> FILTERS =
      List.of(
          "expert", "model", "tenant", "plan", "q", "from", "to", "failed", "sample", "limit",
          "after");

  private final JdbcDecisions decisions;
  private final JdbcFeedback feedback;
  private final JdbcCredits credits;
  private final RecentDecisions recent;

  public DecisionsController(
      JdbcDecisions decisions, JdbcFeedback feedback, JdbcCredits credits, RecentDecisions recent) {
    this.credits = credits;
    this.decisions = decisions;
    this.feedback = feedback;
    this.recent = recent;
  }

  /** Those the store has: one just made comes a moment later, and is found by its id until then. */
  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    request
        .getParameterMap()
        .keySet()
        .forEach(name -> {
          if (!FILTERS.contains(name)) {
            throw ExpertException.invalid(
                name, "decisions can be filtered by %s".formatted(String.join(", ", FILTERS)));
          }
        });
    var page =
        decisions.list(
            new JdbcDecisions.Filter(
                request.getParameter("expert"),
                request.getParameter("model"),
                request.getParameter("tenant"),
                time(request, "from"),
                time(request, "to"),
                flag(request, "failed"),
                request.getParameter("plan"),
                request.getParameter("q"),
                sample(request)),
            limit(request),
            request.getParameter("after"));
    var root = Json.object();
    var data = root.putArray("data");
    page.data().forEach(decision -> data.add(shown(decision)));
    Bodies.write(200, root.put("next", page.next()), response);
  }

  @GetMapping(PATH + "/{*id}")
  public void one(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var decision = recent.find(Paths.below(PATH, request));
    var root = shown(decision);
    root.set("feedback", Json.MAPPER.valueToTree(feedback.of(decision.id())));
    var credit = root.putArray("credit");
    for (var each : credits.of(decision.id())) {
      credit
          .addObject()
          .put("expert", each.expert())
          .put("version", each.version())
          .put("with", each.with())
          .put("without", each.without())
          .put("contribution", each.contribution());
    }
    Bodies.write(200, root, response);
  }

  private static ObjectNode shown(Decision decision) {
    return Json.MAPPER.valueToTree(decision);
  }

  private static int limit(HttpServletRequest request) {
    var limit = request.getParameter("limit");
    try {
      return limit == null ? USUAL_PAGE : Integer.parseInt(limit);
    } catch (NumberFormatException e) {
      throw ExpertException.invalid("limit", "'limit' must be a whole number, not " + limit);
    }
  }

  private static JdbcDecisions.@Nullable Sample sample(HttpServletRequest request) {
    var text = request.getParameter("sample");
    if (text == null) {
      return null;
    }
    return switch (text) {
      case "audit" -> JdbcDecisions.Sample.AUDIT;
      case "waiting" -> JdbcDecisions.Sample.WAITING;
      default ->
          throw ExpertException.invalid(
              "sample",
              "'sample' must be audit (all of the uniform sample) or waiting (those nobody judged yet)");
    };
  }

  private static @Nullable Instant time(HttpServletRequest request, String name) {
    var text = request.getParameter(name);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      throw ExpertException.invalid(
          name, "'%s' must be a time such as 2026-11-24T09:00:00Z".formatted(name));
    }
  }

  private static @Nullable Boolean flag(HttpServletRequest request, String name) {
    var text = request.getParameter(name);
    if (text == null) {
      return null;
    }
    if (!text.equals("true") && !text.equals("false")) {
      throw ExpertException.invalid(name, "'%s' must be true or false".formatted(name));
    }
    return Boolean.valueOf(text);
  }
}
