package io.consilium.orchestrator.wiring;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.function.UnaryOperator;

/** A fake OAuth authorization server: metadata, keys, and whatever tokens a test wants. */
final class AuthorizationServer implements AutoCloseable {
  private final HttpServer http;
  private final ECKey key;

  AuthorizationServer() throws IOException, JOSEException {
    key = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var body =
                switch (exchange.getRequestURI().getPath()) {
                  case "/.well-known/openid-configuration" ->
                      Json.object()
                          .put("issuer", issuer())
                          .put("jwks_uri", issuer() + "/keys")
                          .toString();
                  case "/keys" -> new JWKSet(key.toPublicJWK()).toString();
                  default -> "";
                };
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(body.isEmpty() ? 404 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    http.start();
  }

  String issuer() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** A token that is good for {@code resource}, but for what is changed of it. */
  String token(String resource, String scope, UnaryOperator<JWTClaimsSet.Builder> changed) {
    return signed(key, resource, scope, changed);
  }

  /** The same under a key that only says it is the server's. */
  String forged(String resource, String scope) throws JOSEException {
    return signed(
        new ECKeyGenerator(Curve.P_256).keyID("one").generate(), resource, scope, all -> all);
  }

  private String signed(
      ECKey with, String resource, String scope, UnaryOperator<JWTClaimsSet.Builder> changed) {
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer())
            .subject("ada")
            .audience(resource)
            .expirationTime(Date.from(Instant.now().plusSeconds(600)))
            .claim("scope", scope);
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID("one")
                .type(new JOSEObjectType("at+jwt"))
                .build(),
            changed.apply(claims).build());
    try {
      token.sign(new ECDSASigner(with));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
