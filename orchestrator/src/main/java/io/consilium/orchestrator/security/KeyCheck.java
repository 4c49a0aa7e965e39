package io.consilium.orchestrator.security;

import io.consilium.expert.ApiKey;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request may pass its door.
 *
 * <p>A key that is sent must be right, and so must a {@linkplain Sessions session}. Where the
 * service listens on loopback only and no admin key was set, a missing one is accepted from this
 * machine, provided the request cannot come from a web page: its Host must be a loopback name (else
 * a page could rebind its own name to this machine), and what it posts must be JSON (a page cannot
 * send that elsewhere without asking first).
 */
public final class KeyCheck {
  private static final String BEARER = "Bearer ";
  private static final Set<String> LOOPBACK_HOSTS =
      Set.of("localhost", "127.0.0.1", "[::1]", "::1", "ip6-localhost");

  private final Function<String, Optional<ApiKey>> keys;
  private final Sessions sessions;
  private final boolean keyless;
  private final @Nullable AccessTokens tokens;

  /**
   * A check against the known keys.
   *
   * @param keys finds a working key by its secret
   * @param sessions of people at the console
   * @param keyless whether a missing key is accepted from this machine
   * @param tokens checks what agents bring to {@code /mcp} instead; null for keys only. Where they
   *     are taken, that door has no use for the missing key: an agent that hears no 401 never asks
   *     for a token
   */
  public KeyCheck(
      Function<String, Optional<ApiKey>> keys,
      Sessions sessions,
      boolean keyless,
      @Nullable AccessTokens tokens) {
    this.keys = keys;
    this.sessions = sessions;
    this.keyless = keyless;
    this.tokens = tokens;
  }

  /**
   * The caller of a request that may pass.
   *
   * @param door where it wants to go, or null when there is no such endpoint
   * @throws ExpertException {@code UNAUTHENTICATED} or {@code FORBIDDEN}
   */
  public Caller admit(HttpServletRequest request, @Nullable Door door) {
    boolean agents = door != null && door.path().equals(Door.MCP);
    if (door != null && door.takesFromPages() && request.getHeader("Authorization") == null) {
      Sessions.fromNoOtherPage(request);
    }
    var caller = caller(request, agents ? tokens : null);
    if (door != null && !door.open() && !door.may().contains(caller.access())) {
      throw new ExpertException(
          FailureKind.FORBIDDEN,
          "this key has the role %s; %s %s needs %s"
              .formatted(
                  name(caller.access()),
                  door.method(),
                  door.path(),
                  door.may().stream()
                      .sorted()
                      .map(KeyCheck::name)
                      .collect(Collectors.joining(" or "))));
    }
    return caller;
  }

  /**
   * Whose request this is, whatever it wants.
   *
   * @throws ExpertException {@code UNAUTHENTICATED}, or {@code FORBIDDEN} when a session was sent
   *     along by another site's page
   */
  public Caller caller(HttpServletRequest request) {
    return caller(request, null);
  }

  private Caller caller(HttpServletRequest request, @Nullable AccessTokens accepted) {
    var sent = request.getHeader("Authorization");
    if (sent != null) {
      return withKey(sent, accepted);
    }
    return sessions.brought(request) ? withSession(request) : withoutKey(request, accepted);
  }

  private Caller withSession(HttpServletRequest request) {
    var caller =
        sessions
            .key(request)
            .map(Caller::with)
            .orElseThrow(() ->
                new ExpertException(
                    FailureKind.UNAUTHENTICATED, "the session is over: sign in again"));
    Sessions.fromOurPages(request);
    return caller;
  }

  private Caller withKey(String sent, @Nullable AccessTokens accepted) {
    if (!sent.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw new ExpertException(
          FailureKind.UNAUTHENTICATED, "send the key as 'Authorization: Bearer KEY'");
    }
    var secret = sent.substring(BEARER.length()).strip();
    if (accepted != null && AccessTokens.isOne(secret)) {
      return accepted.caller(secret);
    }
    return keys.apply(secret)
        .map(Caller::with)
        .orElseThrow(() ->
            new ExpertException(
                FailureKind.UNAUTHENTICATED,
                keyless
                    ? "this key is not known, or no longer valid. On this machine none is needed: leave the Authorization header out, or make a key with './consilium keys create NAME'"
                    : "this key is not known, or no longer valid. Ask the operator for one ('./consilium keys create NAME')"));
  }

  private Caller withoutKey(HttpServletRequest request, @Nullable AccessTokens accepted) {
    if (accepted != null) {
      throw new ExpertException(
          FailureKind.UNAUTHENTICATED,
          "an access token or a key is needed: send 'Authorization: Bearer …'");
    }
    if (!keyless) {
      throw new ExpertException(
          FailureKind.UNAUTHENTICATED, "a key is needed: send 'Authorization: Bearer KEY'");
    }
    if (!LOOPBACK_HOSTS.contains(
        String.valueOf(request.getServerName()).toLowerCase(Locale.ROOT))) {
      throw new ExpertException(
          FailureKind.UNAUTHENTICATED,
          "without a key, only requests to localhost are answered, and this one was for '%s': use http://localhost, or send 'Authorization: Bearer KEY'"
              .formatted(request.getServerName()));
    }
    return Caller.LOCAL;
  }

  /** The {@code WWW-Authenticate} of a refused request; null for the usual one, or none. */
  public @Nullable String challenge(HttpServletRequest request, FailureKind failure) {
    return tokens == null || !request.getRequestURI().equals(Door.MCP)
        ? null
        : tokens.challenge(failure, request.getHeader("Authorization") != null);
  }

  private static String name(ApiKey.Access access) {
    return access.name().toLowerCase(Locale.ROOT);
  }
}
