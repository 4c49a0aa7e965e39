package io.consilium.orchestrator.api;

import io.consilium.expert.Forecast;
import io.consilium.expert.Json;
import io.consilium.expert.Route;
import tools.jackson.databind.node.ObjectNode;

/** A decision for people and programs: the plan, the candidates and why. */
public final class Explanation {
  private Explanation() {}

  /** The route that was decided under this id. */
  public static ObjectNode of(String decision, Route route) {
    var root = Json.object().put("decision", decision);
    root.set("plan", Json.MAPPER.valueToTree(route.plan()));
    var candidates = root.putArray("candidates");
    for (var forecast : route.forecasts()) {
      candidates.add(candidate(forecast));
    }
    var excluded = root.putArray("excluded");
    for (var exclusion : route.excluded()) {
      excluded.addObject().put("expert", exclusion.expert()).put("reason", exclusion.reason());
    }
    root.put("why", route.why())
        .put("router", route.routerVersion())
        .put("propensity", route.propensity());
    if (!route.choices().isEmpty()) {
      root.set("choices", Json.MAPPER.valueToTree(route.choices()));
    }
    return root;
  }

  private static ObjectNode candidate(Forecast forecast) {
    var node =
        Json.object()
            .put("expert", forecast.expert())
            .put("p", forecast.p())
            .put("low", forecast.low())
            .put("high", forecast.high())
            .put("usd", forecast.usd())
            .put("ms", forecast.millis());
    var why = node.putObject("why");
    for (var reason : forecast.why()) {
      why.putObject(reason.estimator())
          .put("p", reason.p())
          .put("weight", reason.weight())
          .put("note", reason.note());
    }
    return node;
  }
}
