package io.consilium.orchestrator.api;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Lets a handler end the connection of a response that has begun and cannot be finished, so that
 * the caller sees it broken off rather than complete. Servlets have no word for that.
 */
public final class HangUp extends ValveBase {
  private static final String ATTRIBUTE = HangUp.class.getName();

  /** A valve for the engine's pipeline. */
  public HangUp() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    getNext().invoke(request, response);
    if (request.getAttribute(ATTRIBUTE) != null) {
      response.flushBuffer();
      response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, null);
    }
  }

  /** Ends the connection once what was written so far has been sent. */
  static void now(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, true);
  }
}
