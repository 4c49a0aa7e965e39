package io.consilium.orchestrator.security;

import io.consilium.expert.ApiKey;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.expert.jdbc.JdbcSessions;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Signing in to the console: an API key is exchanged for a cookie that scripts cannot read and that
 * browsers send along only from our own pages. Whoever withdraws the key ends its sessions.
 */
public final class Sessions {
  private static final Set<String> HARMLESS = Set.of("GET", "HEAD");

  private final JdbcSessions sessions;
  private final JdbcKeys keys;

  public Sessions(JdbcSessions sessions, JdbcKeys keys) {
    this.sessions = sessions;
    this.keys = keys;
  }

  /**
   * Exchanges an API key.
   *
   * @return the cookie
   * @throws ExpertException {@code UNAUTHENTICATED} when the key is not known
   */
  public Cookie begin(String clear, HttpServletRequest request) {
    var key =
        keys.find(clear)
            .orElseThrow(() ->
                new ExpertException(
                    FailureKind.UNAUTHENTICATED,
                    "this key is not known, or no longer valid: check for a missing letter, or ask the operator for another"));
    return cookie(sessions.begin(key.id()), (int) JdbcSessions.LIFE.toSeconds(), request);
  }

  /** Ends the session of a request, if it has one; returns the cookie that takes the place. */
  public Cookie end(HttpServletRequest request) {
    var secret = secret(request);
    if (secret != null) {
      sessions.end(secret);
    }
    return cookie("", 0, request);
  }

  /** Whether a request brings a session, a living one or not. */
  boolean brought(HttpServletRequest request) {
    return secret(request) != null;
  }

  /** The key of a request's session; empty when it brings none, or one that is over. */
  Optional<ApiKey> key(HttpServletRequest request) {
    return Optional.ofNullable(secret(request)).flatMap(sessions::key).flatMap(keys::withId);
  }

  /**
   * Refuses what changes something and was not sent by our own pages.
   *
   * @throws ExpertException {@code FORBIDDEN}
   */
  static void fromOurPages(HttpServletRequest request) {
    if (!HARMLESS.contains(request.getMethod()) && !ours(request)) {
      throw new ExpertException(
          FailureKind.FORBIDDEN,
          "a session changes things from the console's own pages only: programs send 'Authorization: Bearer KEY'");
    }
  }

  /**
   * Refuses what another site's page sent; programs send no sign of a page at all.
   *
   * @throws ExpertException {@code FORBIDDEN}
   */
  static void fromNoOtherPage(HttpServletRequest request) {
    boolean page =
        request.getHeader("Sec-Fetch-Site") != null || request.getHeader("Origin") != null;
    if (page && !ours(request)) {
      throw new ExpertException(
          FailureKind.FORBIDDEN,
          "pages of other sites may not send files here: programs send 'Authorization: Bearer KEY'");
    }
  }

  private static boolean ours(HttpServletRequest request) {
    var site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin");
    }
    // browsers say no more than this where the connection is not encrypted
    var origin = request.getHeader("Origin");
    var host = request.getHeader("Host");
    try {
      return origin != null && host != null && host.equals(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static @Nullable String secret(HttpServletRequest request) {
    var cookies = request.getCookies();
    return cookies == null
        ? null
        : Arrays.stream(cookies)
            .filter(cookie -> cookie.getName().equals(name(request)))
            .map(Cookie::getValue)
            .findFirst()
            .orElse(null);
  }

  /** Browsers share cookies between the ports of a machine; two services must not. */
  private static String name(HttpServletRequest request) {
    return "consilium-session-" + request.getServerPort();
  }

  private static Cookie cookie(String value, int seconds, HttpServletRequest request) {
    var cookie = new Cookie(name(request), value);
    cookie.setHttpOnly(true);
    cookie.setSecure(request.isSecure());
    cookie.setPath("/");
    cookie.setMaxAge(seconds);
    cookie.setAttribute("SameSite", "Strict");
    return cookie;
  }
}
