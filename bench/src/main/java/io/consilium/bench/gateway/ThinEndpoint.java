package io.consilium.bench.gateway;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The endpoint of {@link ThinGateway}. */
@RestController
final class ThinEndpoint {
  private final RestClient client;
  private final URI upstream;
  private final JsonMapper json = JsonMapper.builder().build();

  ThinEndpoint(RestClient client, URI upstream) {
    this.client = client;
    this.upstream = upstream;
  }

  @PostMapping("/v1/chat/completions")
  void chat(@RequestBody byte[] body, HttpServletResponse response) {
    JsonNode request = json.readTree(body);
    boolean stream = request.path("stream").asBoolean(false);
    client
        .post()
        .uri(upstream)
        .contentType(MediaType.APPLICATION_JSON)
        .body(body)
        .exchange((sent, reply) -> {
          response.setStatus(reply.getStatusCode().value());
          if (stream) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            copy(reply.getBody(), response.getOutputStream());
          } else {
            byte[] answer = reply.getBody().readAllBytes();
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.setContentLength(answer.length);
            response.getOutputStream().write(answer);
          }
          return stream;
        });
  }

  private static void copy(InputStream from, ServletOutputStream to) throws IOException {
    byte[] buffer = new byte[8192];
    for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
      to.write(buffer, 0, n);
      to.flush();
    }
  }
}
