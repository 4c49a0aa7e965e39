package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcAudit;
import io.consilium.expert.jdbc.JdbcAudit.Change;
import io.consilium.orchestrator.live.Feed;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes down who changed what, once it has been changed, and tells whoever watches. A change
 * stands even when the store cannot take the note; then the log has it.
 */
public final class AuditLog {
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
  private static final String NOTE = AuditLog.class.getName() + ".note";

  private final JdbcAudit audit;
  private final Feed feed;
  private final InstantSource clock;

  public AuditLog(JdbcAudit audit, Feed feed, InstantSource clock) {
    this.audit = audit;
    this.feed = feed;
    this.clock = clock;
  }

  /** What else is worth knowing of the change a request makes; never a secret. */
  static void note(HttpServletRequest request, String note) {
    request.setAttribute(NOTE, note);
  }

  /** A request has changed something. */
  void changed(HttpServletRequest request) {
    var caller = Caller.of(request);
    keep(
        new Change(
            clock.instant(),
            caller.key(),
            caller.access().name().toLowerCase(Locale.ROOT),
            request.getMethod(),
            request.getRequestURI(),
            request.getAttribute(NOTE) instanceof String note ? note : ""));
  }

  /** The service has changed something by itself. */
  public void noticed(String action, String subject, String note) {
    keep(new Change(clock.instant(), null, "consilium", action, subject, note));
  }

  private void keep(Change change) {
    feed.publish("change", shown(change));
    try {
      audit.keep(change);
    } catch (ExpertException e) {
      log.warn(
          "the record of changes lacks one: {} {} by {} ({}): {}",
          change.action(),
          change.subject(),
          change.actor(),
          change.key(),
          e.message());
    }
  }

  /** A change for people and programs. */
  static ObjectNode shown(Change change) {
    return Json.object()
        .put("at", change.at().toString())
        .put("key", change.key())
        .put("actor", change.actor())
        .put("action", change.action())
        .put("subject", change.subject())
        .put("note", change.note());
  }
}
