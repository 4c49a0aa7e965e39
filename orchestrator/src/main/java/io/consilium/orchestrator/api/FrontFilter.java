package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.orchestrator.security.Door;
import io.consilium.orchestrator.security.Doors;
import io.consilium.orchestrator.security.KeyCheck;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The front door: notes when a request came, echoes its id, and lets through only what has a {@link
 * Door} and may pass it. Everything else, and everything thrown behind it, is answered here.
 */
public final class FrontFilter implements Filter {
  private static final Logger log = LoggerFactory.getLogger(FrontFilter.class);
  private static final String ARRIVED = FrontFilter.class.getName() + ".arrived";
  private static final String REQUEST_ID = "x-request-id";
  private static final Pattern REQUEST_ID_FORM = Pattern.compile("[\\x21-\\x7e]{1,128}");

  private static final Set<String> WITH_BODIES = Set.of("POST", "PUT", "PATCH");

  private final Doors doors;
  private final KeyCheck keys;
  private final Draining draining;
  private final AuditLog audit;

  /**
   * The front door.
   *
   * @param draining refuses what comes while the service stops
   * @param audit notes what was changed
   */
  public FrontFilter(Doors doors, KeyCheck keys, Draining draining, AuditLog audit) {
    this.doors = doors;
    this.keys = keys;
    this.draining = draining;
    this.audit = audit;
  }

  @Override
  public void doFilter(ServletRequest incoming, ServletResponse outgoing, FilterChain chain)
      throws IOException, ServletException {
    var request = (HttpServletRequest) incoming;
    var response = (HttpServletResponse) outgoing;
    request.setAttribute(ARRIVED, System.nanoTime());
    var id = request.getHeader(REQUEST_ID);
    if (id != null && REQUEST_ID_FORM.matcher(id).matches()) {
      response.setHeader(REQUEST_ID, id);
    }
    if (draining.begun()) {
      response.setHeader("Connection", "close");
    }
    try {
      var door = doors.find(request.getMethod(), request.getRequestURI());
      if (door.isPresent() && door.get().open()) {
        if (takes(door.get(), request, response)) {
          chain.doFilter(request, response);
        }
      } else {
        pass(door, request, response, chain);
      }
    } catch (ExpertException failure) {
      fail(failure, request, response);
    } catch (ServletException | RuntimeException e) {
      // the dispatcher wraps what handlers throw
      if (e.getCause() instanceof ExpertException failure) {
        fail(failure, request, response);
      } else {
        log.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
        fail(Failures.internal(e), request, response);
      }
    }
  }

  private void pass(
      Optional<Door> door,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws IOException, ServletException {
    draining.enter();
    try {
      if (enter(door, request, response)) {
        chain.doFilter(request, response);
        if (door.isPresent() && door.get().changes() && response.getStatus() < 300) {
          audit.changed(request);
        }
      }
    } finally {
      if (draining.begun()) {
        response.flushBuffer(); // the web server stops as soon as nobody is left
      }
      draining.leave();
    }
  }

  // the path is taken as it was sent: the dispatcher reads the same one, so no other spelling of a
  // path can pass through another path's door
  private boolean enter(
      Optional<Door> door, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    keys.admit(request, door.orElse(null)).attachTo(request);
    if (door.isEmpty()) {
      refuse(request, response, doors.methods(request.getRequestURI()));
      return false;
    }
    return takes(door.get(), request, response);
  }

  /** Whether the body is of a type the door takes; no web page can send such a one elsewhere. */
  private boolean takes(Door door, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (WITH_BODIES.contains(door.method())
        && !Bodies.isJson(request)
        && !(door.takesTables() && Bodies.isTable(request))
        && !(door.takesFiles() && Bodies.isForm(request))
        && !(door.takesNothing() && request.getContentType() == null)) {
      answer(
          415,
          "the body must be JSON: send 'Content-Type: application/json'%s, not %s"
              .formatted(
                  door.takesTables()
                      ? " (or application/x-ndjson, text/csv)"
                      : door.takesFiles() ? " (or multipart/form-data)" : "",
                  request.getContentType()),
          request,
          response);
      return false;
    }
    return true;
  }

  private void refuse(
      HttpServletRequest request, HttpServletResponse response, List<String> methods)
      throws IOException {
    if (methods.isEmpty()) {
      answer(
          404,
          "there is nothing at %s; GET /v3/api-docs lists every endpoint"
              .formatted(request.getRequestURI()),
          request,
          response);
    } else {
      var allowed = String.join(", ", methods);
      response.setHeader("Allow", allowed);
      answer(
          405,
          "%s does not take %s; use %s"
              .formatted(request.getRequestURI(), request.getMethod(), allowed),
          request,
          response);
    }
  }

  private void answer(
      int status, String message, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Failures.write(
        new ExpertException(
            status == 404 ? FailureKind.NOT_FOUND : FailureKind.INVALID_REQUEST, message),
        status,
        doors.shape(request.getRequestURI()),
        request.getRequestURI(),
        response);
  }

  private void fail(
      ExpertException failure, HttpServletRequest request, HttpServletResponse response) {
    try {
      var challenge = keys.challenge(request, failure.kind());
      if (challenge != null && !response.isCommitted()) {
        response.setHeader(Failures.CHALLENGE, challenge);
      }
      Failures.write(
          failure, doors.shape(request.getRequestURI()), request.getRequestURI(), response);
    } catch (IOException e) {
      log.debug("nobody reads the failure: {}", failure.message(), e);
    }
  }

  /** When the request came, on {@code System.nanoTime}'s clock. */
  static long arrived(HttpServletRequest request) {
    return request.getAttribute(ARRIVED) instanceof Long nanos ? nanos : System.nanoTime();
  }
}
