package io.consilium.orchestrator.api;

import io.consilium.expert.Dialect;
import io.consilium.orchestrator.Orchestrator;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says who would answer a chat body, without asking anybody; so another gateway can ask "who?". */
@RestController
public final class RouteController {
  private final Orchestrator orchestrator;
  private final Asking asking;

  public RouteController(Orchestrator orchestrator, Asking asking) {
    this.orchestrator = orchestrator;
    this.asking = asking;
  }

  @PostMapping("/v1/route")
  public void route(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var question = asking.read(Dialect.CHAT, request).question();
    var decided = orchestrator.decide(question);
    var decision = question.terms().decision();
    response.setHeader("x-consilium-decision", decision);
    response.setHeader("x-consilium-plan", decided.route().plan().type());
    Bodies.write(200, Explanation.of(decision, decided.route()), response);
  }
}
