package io.consilium.orchestrator.api;

import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.contrast.Contrast;
import io.consilium.aggregator.contrast.ContrastJson;
import io.consilium.expert.Answer;
import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Policy;
import io.consilium.expert.Reply;
import io.consilium.orchestrator.Policies;
import io.consilium.orchestrator.replay.Rerun;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Runs a decision again under other terms, from its recorded replies. */
@RestController
public final class DecisionReplayController {
  private static final String PATH = "/v1/decisions";
  private static final String VERB = "/replay";
  private static final List<String> KEYS = List.of("without", "aggregator", "policy");

  private final RecentDecisions recent;
  private final Rerun rerun;
  private final Policies policies;
  private final Bodies bodies;

  public DecisionReplayController(
      RecentDecisions recent, Rerun rerun, Policies policies, Bodies bodies) {
    this.recent = recent;
    this.rerun = rerun;
    this.policies = policies;
    this.bodies = bodies;
  }

  @PostMapping(PATH + "/{*id}")
  public void replay(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var path = Paths.below(PATH, request);
    if (!path.endsWith(VERB)) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "there is nothing to post to %s/%s; POST %s/{id}%s runs a decision again"
              .formatted(PATH, path, PATH, VERB));
    }
    var decision = recent.find(path.substring(0, path.length() - VERB.length()));
    var given = new Given(bodies.read(request), "").only(KEYS);
    var without = given.texts("without", "an array of expert ids");
    for (var id : without) {
      if (!decision.route().plan().experts().contains(id)
          && decision.replies().stream().noneMatch(each -> each.expert().equals(id))) {
        throw ExpertException.invalid(
            "without",
            "'%s' had no part in this decision; those who had: %s"
                .formatted(id, String.join(", ", decision.route().plan().experts())));
      }
    }
    var change =
        new Rerun.Change(
            new HashSet<>(without), given.text("aggregator"), policy(given.text("policy")));
    Bodies.write(200, shown(decision, rerun.run(decision, change)), response);
  }

  private @Nullable Policy policy(@Nullable String name) {
    return name == null
        ? null
        : policies
            .find(name)
            .orElseThrow(() ->
                ExpertException.invalid(
                    "policy",
                    "there is no policy '%s'; there are %s"
                        .formatted(name, String.join(", ", policies.names()))));
  }

  private static ObjectNode shown(Decision decision, Rerun.Result result) {
    var root = Json.object().put("decision", decision.id());
    root.set("plan", Json.MAPPER.valueToTree(result.route().plan()));
    var answer = result.answer();
    if (answer == null) {
      root.putNull("answer").putNull("contrast");
    } else {
      root.putObject("answer").put("text", answer.text()).put("refusal", answer.refusal());
      root.set(
          "contrast",
          ContrastJson.tree(
              Contrast.of(result.question(), result.route(), result.replies(), answer)));
    }
    var failure = result.failure();
    if (failure != null) {
      root.putObject("failure")
          .put("kind", failure.kind().name().toLowerCase(Locale.ROOT))
          .put("message", failure.message());
    }
    var missing = root.putArray("missing");
    for (var each : result.missing()) {
      missing.addObject().put("expert", each.expert()).put("why", each.why());
    }
    root.set("diff", diff(decision, result));
    return root;
  }

  private static ObjectNode diff(Decision decision, Rerun.Result result) {
    var before = decision.answer();
    var after = result.answer() == null ? null : said(result.answer());
    double usd = 0;
    for (var reply : result.replies()) {
      usd += reply instanceof Reply.Answered answered ? answered.usd() : 0;
    }
    return Json.object()
        .put("before", before)
        .put("after", after)
        .put("same_answer", same(before, after))
        .put("same_text", Objects.equals(before, after))
        .put("plan_before", decision.route().plan().type())
        .put("plan_after", result.route().plan().type())
        .put("usd_before", decision.usd())
        .put("usd_after", usd);
  }

  private static boolean same(@Nullable String before, @Nullable String after) {
    if (before == null || after == null) {
      return before == null && after == null;
    }
    var key = AnswerKey.of(before);
    return before.equals(after) || (key.isPresent() && key.equals(AnswerKey.of(after)));
  }

  private static String said(Answer answer) {
    return answer.refusal() != null ? answer.refusal() : answer.text();
  }
}
