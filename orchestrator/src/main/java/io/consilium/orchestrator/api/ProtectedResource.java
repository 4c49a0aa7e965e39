package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.orchestrator.security.AccessTokens;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says where agents get access tokens for {@code /mcp} (RFC 9728). */
@RestController
public final class ProtectedResource {
  private final Optional<AccessTokens> tokens;

  /** Empty where no authorization server is configured. */
  public ProtectedResource(Optional<AccessTokens> tokens) {
    this.tokens = tokens;
  }

  @GetMapping({
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp"
  })
  public void metadata(HttpServletResponse response) throws IOException {
    var known =
        tokens.orElseThrow(() ->
            new ExpertException(
                FailureKind.NOT_FOUND,
                "no authorization server is configured here (consilium.mcp.oauth); send an API key"));
    Bodies.write(200, known.metadata(), response);
  }
}
