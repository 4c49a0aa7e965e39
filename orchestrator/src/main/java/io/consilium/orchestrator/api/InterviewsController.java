package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.jobs.Jobs;
import io.consilium.orchestrator.routers.Interviewer;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Measures experts by adaptive testing. */
@RestController
public final class InterviewsController {
  private static final String PATH = "/v1/experts";
  private static final String VERB = "/interview";
  private static final double USUAL_BUDGET = 1;

  private final Interviewer interviewer;
  private final Orchestrator orchestrator;
  private final Jobs jobs;
  private final Bodies bodies;

  public InterviewsController(
      Interviewer interviewer, Orchestrator orchestrator, Jobs jobs, Bodies bodies) {
    this.interviewer = interviewer;
    this.orchestrator = orchestrator;
    this.jobs = jobs;
    this.bodies = bodies;
  }

  @PostMapping(PATH + "/{*id}")
  public void interview(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    var path = Paths.below(PATH, request);
    if (!path.endsWith(VERB)) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "there is nothing to post to %s/%s; POST %s/{id}%s measures an expert, PUT changes it"
              .formatted(PATH, path, PATH, VERB));
    }
    var name = path.substring(0, path.length() - VERB.length());
    var roster = orchestrator.roster();
    var card =
        roster
            .find(name)
            .orElseThrow(() ->
                new ExpertException(
                    FailureKind.NOT_FOUND,
                    "there is no expert '%s'; near names: %s"
                        .formatted(name, String.join(", ", roster.near(name, 3)))))
            .card();
    var given = new Given(bodies.read(request), "").only(List.of("budget_usd"));
    var budget = given.number("budget_usd", 0, 1e6, "0 or more US dollars");
    double most = budget == null ? USUAL_BUDGET : budget;
    interviewer.check(card);
    var caller = Caller.of(request);
    if (!caller.recordContent()) {
      throw new ExpertException(
          FailureKind.FORBIDDEN,
          "with this key no contents are kept, and an interview is: use a key that lets contents be recorded");
    }
    var wish = new Interviewer.Wish(card, most, caller.tenant(), caller.key());
    JobsController.taken(
        jobs.submit(
            "interview",
            caller.tenant(),
            Json.object().put("expert", card.id()).put("budget_usd", most),
            progress -> interviewer.interview(wish, progress)),
        response);
  }
}
