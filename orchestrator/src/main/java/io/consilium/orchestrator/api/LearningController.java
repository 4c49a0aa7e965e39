package io.consilium.orchestrator.api;

import io.consilium.expert.Json;
import io.consilium.orchestrator.routers.Anchoring;
import io.consilium.orchestrator.routers.Learner;
import io.consilium.orchestrator.routers.RouterVersions;
import io.consilium.router.ability.Drift;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows what use taught since the router that serves was fitted. */
@RestController
public final class LearningController {
  private final RouterVersions versions;
  private final Learner learner;
  private final Anchoring anchoring;

  public LearningController(RouterVersions versions, Learner learner, Anchoring anchoring) {
    this.anchoring = anchoring;
    this.versions = versions;
    this.learner = learner;
  }

  @GetMapping("/v1/learning")
  public void look(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("days", "expert"));
    int days = Given.whole(request, "days", 30, 3_650);
    var router = versions.router();
    var root =
        Json.object()
            .put("router", router.version())
            .put("heard", learner.following(router.version()).heard());
    var data = root.putArray("data");
    var only = request.getParameter("expert");
    for (var each : learner.standings(router.version())) {
      if (only != null && !each.expert().equals(only)) {
        continue;
      }
      data.addObject()
          .put("expert", each.expert())
          .put("outcomes", each.outcomes())
          .put("shift", each.shift())
          .put("doubt", each.doubt())
          .put("alarms", each.alarms())
          .putObject("drift")
          .put("worse", each.drift().worse())
          .put("better", each.drift().better())
          .put("alarm", Drift.ALARM);
    }
    root.set("accuracy", anchoring.over(days));
    Bodies.write(200, root.putNull("next"), response);
  }
}
