package io.consilium.orchestrator.security;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.web.client.RestTemplate;
import tools.jackson.databind.node.ObjectNode;

/**
 * Access tokens of an OAuth 2.1 authorization server, as agents bring them to {@code /mcp} beside
 * API keys: signed JWTs of the configured issuer, for this resource and nothing else. What they may
 * do, their scopes say. Asks nobody but the issuer for its keys, when the first token comes.
 *
 * <p>Source: RFC 9728 (protected resource metadata), RFC 8707 and RFC 9068 (audience, JWT profile).
 */
public final class AccessTokens {
  private static final Set<SignatureAlgorithm> ALGORITHMS =
      Set.of(
          SignatureAlgorithm.RS256,
          SignatureAlgorithm.RS384,
          SignatureAlgorithm.RS512,
          SignatureAlgorithm.PS256,
          SignatureAlgorithm.ES256,
          SignatureAlgorithm.ES384);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String METADATA = "/.well-known/oauth-protected-resource";

  /** The mightiest first. */
  private static final List<Access> ORDER =
      List.of(Access.ADMIN, Access.OPERATOR, Access.USER, Access.VIEWER);

  private final String issuer;
  private final URI resource;
  private final Map<String, Access> roles;
  private final @Nullable String tenantClaim;
  private final JwtDecoder decoder;

  /**
   * Tokens of one issuer.
   *
   * @param issuer its identifier, an address
   * @param keys where its keys are; null to ask its metadata
   * @param resource the address of {@code /mcp} as agents know it; a token must be meant for it
   * @param roles which scope, or value of the claim {@code roles}, gives which role
   * @param tenantClaim the claim that names the tenant, or null for the default one
   */
  public AccessTokens(
      String issuer,
      @Nullable URI keys,
      URI resource,
      Map<String, Access> roles,
      @Nullable String tenantClaim) {
    this.issuer = issuer;
    this.resource = resource;
    this.roles = new TreeMap<>(roles);
    this.tenantClaim = tenantClaim;
    this.decoder = new SupplierJwtDecoder(() -> decoder(issuer, keys, resource));
  }

  private static JwtDecoder decoder(String issuer, @Nullable URI keys, URI resource) {
    var requests = new SimpleClientHttpRequestFactory();
    requests.setConnectTimeout(PATIENCE);
    requests.setReadTimeout(PATIENCE);
    var decoder =
        (keys == null
                ? NimbusJwtDecoder.withIssuerLocation(issuer)
                : NimbusJwtDecoder.withJwkSetUri(keys.toString()))
            .restOperations(new RestTemplate(requests))
            .jwsAlgorithms(all -> all.addAll(ALGORITHMS))
            .validateType(false) // checked below: RFC 9068 has a type of its own
            .build();
    var types = new JwtTypeValidator(List.of("JWT", "at+jwt"));
    types.setAllowEmpty(true);
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            List.of(
                types,
                new JwtTimestampValidator(),
                new JwtClaimValidator<Object>(JwtClaimNames.EXP, until -> until != null),
                new JwtIssuerValidator(issuer),
                new JwtClaimValidator<Collection<String>>(
                    JwtClaimNames.AUD,
                    meant -> meant != null && meant.contains(resource.toString())))));
    return decoder;
  }

  /** Whether a bearer's secret is such a token rather than a key. */
  static boolean isOne(String secret) {
    return secret.chars().filter(c -> c == '.').count() == 2;
  }

  /**
   * Who sent a token.
   *
   * @throws ExpertException {@code UNAUTHENTICATED} when it is not valid here; {@code FORBIDDEN}
   *     when none of its scopes gives a role; {@code UNAVAILABLE} when the issuer's keys cannot be
   *     had
   */
  Caller caller(String token) {
    Jwt jwt;
    try {
      jwt = decoder.decode(token);
    } catch (BadJwtException e) {
      throw new ExpertException(
          FailureKind.UNAUTHENTICATED,
          "this access token is not valid here (%s): get one of %s for the resource %s"
              .formatted(reason(e), issuer, resource),
          e);
    } catch (JwtException | JwtDecoderInitializationException e) {
      throw new ExpertException(
          FailureKind.UNAVAILABLE,
          "access tokens cannot be checked: the keys of %s cannot be had".formatted(issuer),
          e);
    }
    var claimed = claimed(jwt);
    var access =
        roles.entrySet().stream()
            .filter(role -> claimed.contains(role.getKey()))
            .map(Map.Entry::getValue)
            .min(Comparator.comparingInt(ORDER::indexOf))
            .orElseThrow(() ->
                new ExpertException(
                    FailureKind.FORBIDDEN,
                    "this access token gives no role here; ask %s for one of the scopes %s"
                        .formatted(issuer, String.join(", ", roles.keySet()))));
    var tenant = tenantClaim == null ? null : jwt.getClaimAsString(tenantClaim);
    return new Caller(
        access,
        tenant == null || tenant.isBlank() ? "default" : tenant,
        "oauth:" + (jwt.getSubject() == null ? "nobody" : jwt.getSubject()),
        true);
  }

  /** Spring's words, which never repeat the token. */
  private static String reason(BadJwtException e) {
    var message = e.getMessage();
    return message == null ? "invalid" : message;
  }

  private static Collection<String> claimed(Jwt jwt) {
    List<String> claimed = new ArrayList<>();
    for (var name : List.of("scope", "scp", "roles")) {
      switch (jwt.getClaims().get(name)) {
        case String text -> claimed.addAll(List.of(text.split(" ")));
        case Collection<?> values -> values.forEach(value -> claimed.add(String.valueOf(value)));
        case null, default -> {}
      }
    }
    return claimed;
  }

  /** What agents read to learn where they get a token. */
  public ObjectNode metadata() {
    var root = Json.object().put("resource", resource.toString());
    root.putArray("authorization_servers").add(issuer);
    roles.keySet().forEach(root.putArray("scopes_supported")::add);
    root.putArray("bearer_methods_supported").add("header");
    return root.put("resource_name", "Consilium");
  }

  /** The {@code WWW-Authenticate} of a request that was refused so; null for other failures. */
  public @Nullable String challenge(FailureKind failure, boolean sent) {
    var where =
        "Bearer resource_metadata=\"%s%s%s\""
            .formatted(
                resource.resolve("/").toString().replaceAll("/$", ""),
                METADATA,
                resource.getRawPath());
    return switch (failure) {
      case UNAUTHENTICATED -> sent ? where + ", error=\"invalid_token\"" : where;
      case FORBIDDEN ->
          "%s, error=\"insufficient_scope\", scope=\"%s\""
              .formatted(where, String.join(" ", roles.keySet()));
      default -> null;
    };
  }
}
