package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Owner;
import io.consilium.orchestrator.discovery.Discovery;
import io.consilium.orchestrator.discovery.Finding;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows model servers and provider keys found on this machine, and registers those wished. */
@RestController
public final class DiscoveryController {
  private static final String PATH = "/v1/discovery";

  private final Discovery discovery;
  private final ExpertRegistry registry;
  private final Bodies bodies;

  public DiscoveryController(Discovery discovery, ExpertRegistry registry, Bodies bodies) {
    this.discovery = discovery;
    this.registry = registry;
    this.bodies = bodies;
  }

  /** Looks anew; takes a few seconds at most. */
  @GetMapping(PATH)
  public void look(HttpServletResponse response) throws IOException {
    var roster = registry.current();
    var root = Json.object();
    var data = root.putArray("data");
    for (var finding : discovery.look()) {
      var experts = data.addObject().put("where", finding.where()).putArray("experts");
      for (var card : finding.cards()) {
        experts
            .addObject()
            .put("id", card.id())
            .put("description", card.description())
            .put("provider", card.endpoint().provider().name().toLowerCase(Locale.ROOT))
            .put("registered", roster.find(card.id()).isPresent());
      }
    }
    Bodies.write(200, root, response);
  }

  @PostMapping(PATH)
  public void register(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    var where = new Given(bodies.read(request), "").only(List.of("where")).required("where");
    var findings = discovery.look();
    var finding =
        findings.stream()
            .filter(each -> each.where().equals(where))
            .findFirst()
            .orElseThrow(() ->
                new ExpertException(
                    FailureKind.NOT_FOUND,
                    "nothing is found at '%s'; found are: %s"
                        .formatted(
                            where,
                            findings.stream()
                                .map(Finding::where)
                                .collect(Collectors.joining(", ")))));
    var root = Json.object();
    var registered = root.putArray("registered");
    var leftOut = root.putArray("left_out");
    for (var card : finding.cards()) {
      try {
        registered.add(registry.put(card.withOwner(Owner.DISCOVERED)).id());
      } catch (ExpertException e) { // one that stands in the way keeps nobody else out
        leftOut.addObject().put("id", card.id()).put("why", e.message());
      }
    }
    AuditLog.note(request, where);
    Bodies.write(200, root, response);
  }
}
