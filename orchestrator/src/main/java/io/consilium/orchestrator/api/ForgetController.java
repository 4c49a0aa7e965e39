package io.consilium.orchestrator.api;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.forget.Forgetting;
import io.consilium.orchestrator.forget.Forgetting.Subject;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Forgets what is asked to be forgotten. Whoever may ask may have their own tenant's decisions and
 * questions forgotten; a whole tenant, and other tenants' records, only an administrator.
 */
@RestController
public final class ForgetController {
  private static final String PATH = "/v1/forget";
  private static final List<String> KEYS = List.of("decision", "question", "tenant");

  private final Forgetting forgetting;
  private final Bodies bodies;

  public ForgetController(Forgetting forgetting, Bodies bodies) {
    this.forgetting = forgetting;
    this.bodies = bodies;
  }

  @PostMapping(PATH)
  public void forget(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var given = new Given(bodies.read(request), "").only(KEYS);
    var caller = Caller.of(request);
    var subject = subject(given);
    boolean all = caller.access() == Access.ADMIN;
    if (subject instanceof Subject.ATenant && !all) {
      throw new ExpertException(
          FailureKind.FORBIDDEN, "only an administrator has a whole tenant forgotten");
    }
    var receipt = forgetting.forget(subject, all ? null : caller.tenant(), caller.key());
    AuditLog.note(request, "%s, receipt %s".formatted(receipt.what(), receipt.id()));
    Bodies.write(200, Forgetting.shown(receipt), response);
  }

  private static Subject subject(Given given) {
    List<Subject> subjects = new ArrayList<>();
    add(given.text("decision"), "decision", subjects);
    add(given.text("question"), "question", subjects);
    add(given.text("tenant"), "tenant", subjects);
    if (subjects.size() != 1) {
      throw ExpertException.invalid(
          "decision", "give exactly one of 'decision' (an id), 'question' (its text) and 'tenant'");
    }
    return subjects.getFirst();
  }

  private static void add(@Nullable String value, String field, List<Subject> subjects) {
    if (value == null) {
      return;
    }
    if (value.isBlank()) {
      throw ExpertException.invalid(field, "'%s' must not be empty".formatted(field));
    }
    subjects.add(
        switch (field) {
          case "decision" -> new Subject.ADecision(value);
          case "question" -> new Subject.AQuestion(value);
          default -> new Subject.ATenant(value);
        });
  }

  @GetMapping(PATH)
  public void receipts(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Given.parameters(request, List.of("limit", "after"));
    var page = forgetting.receipts(Given.limit(request, 50, 500), request.getParameter("after"));
    var root = Json.object();
    var data = root.putArray("data");
    page.data().forEach(receipt -> data.add(Forgetting.shown(receipt)));
    Bodies.write(200, root.put("next", page.next()), response);
  }
}
