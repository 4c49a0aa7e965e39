package io.consilium.orchestrator.api;

import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcAudit;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows who changed what. */
@RestController
public final class AuditController {
  private static final int USUAL_PAGE = 50;

  private final JdbcAudit audit;

  public AuditController(JdbcAudit audit) {
    this.audit = audit;
  }

  @GetMapping("/v1/audit")
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("about", "limit", "after"));
    var page =
        audit.list(
            request.getParameter("about"),
            Given.limit(request, USUAL_PAGE, JdbcAudit.MOST),
            request.getParameter("after"));
    var root = Json.object();
    var data = root.putArray("data");
    page.data().forEach(change -> data.add(AuditLog.shown(change)));
    Bodies.write(200, root.put("next", page.next()), response);
  }
}
