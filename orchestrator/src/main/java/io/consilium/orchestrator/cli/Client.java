package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Speaks to the service: address and key from the environment, failures as sentences. */
final class Client {
  private final Map<String, String> environment;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  Client(Map<String, String> environment) {
    this.environment = environment;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** {@code http://host:port} of the service. */
  String address() {
    var host = environment.getOrDefault("CONSILIUM_HOST", "127.0.0.1");
    return "http://%s:%s"
        .formatted(
            host.equals("0.0.0.0") ? "127.0.0.1" : host,
            environment.getOrDefault("CONSILIUM_PORT", "8080"));
  }

  /** The data folder. */
  Path home() {
    var set = environment.get("CONSILIUM_HOME");
    return set == null || set.isBlank()
        ? Path.of(System.getProperty("user.home"), ".consilium")
        : Path.of(set);
  }

  JsonNode get(String path) {
    return json(send(request(path).GET().build()));
  }

  JsonNode post(String path, JsonNode body) {
    return json(send(withBody(path, "POST", body)));
  }

  JsonNode patch(String path, JsonNode body) {
    return json(send(withBody(path, "PATCH", body)));
  }

  JsonNode delete(String path) {
    return json(send(request(path).DELETE().build()));
  }

  /** Sends a file with its purpose, as a form. */
  JsonNode upload(String path, String purpose, Path file) {
    var edge = "consilium-" + UUID.randomUUID();
    var head =
        """
        --%1$s\r
        Content-Disposition: form-data; name="purpose"\r
        \r
        %2$s\r
        --%1$s\r
        Content-Disposition: form-data; name="file"; filename="%3$s"\r
        Content-Type: application/octet-stream\r
        \r
        """
            .formatted(edge, purpose, String.valueOf(file.getFileName()).replace('"', '_'));
    try {
      return json(
          send(
              request(path)
                  .header("Content-Type", "multipart/form-data; boundary=" + edge)
                  .POST(
                      BodyPublishers.concat(
                          BodyPublishers.ofString(head),
                          BodyPublishers.ofFile(file),
                          BodyPublishers.ofString("\r\n--" + edge + "--\r\n")))
                  .build()));
    } catch (FileNotFoundException e) {
      throw new ExpertException(
          FailureKind.INVALID_REQUEST, file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** A response that is no JSON, as text. */
  BufferedReader read(String path) {
    return new BufferedReader(
        new InputStreamReader(send(request(path).GET().build()).body(), StandardCharsets.UTF_8));
  }

  /** Posts and hands back the response, its body still to be read; failures are thrown. */
  HttpResponse<InputStream> open(String path, JsonNode body) {
    return send(withBody(path, "POST", body));
  }

  /** Posts and hands back the response whatever its status, its body still to be read. */
  HttpResponse<InputStream> exchange(String path, JsonNode body, Map<String, String> headers) {
    var request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.bytes(body)));
    headers.forEach(request::header);
    return exchange(request.build());
  }

  private HttpRequest withBody(String path, String method, JsonNode body) {
    return request(path)
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofByteArray(Json.bytes(body)))
        .build();
  }

  private HttpRequest.Builder request(String path) {
    var request =
        HttpRequest.newBuilder(URI.create(address() + path)).timeout(Duration.ofMinutes(10));
    var key = key();
    return key == null ? request : request.header("Authorization", "Bearer " + key);
  }

  /** The key given in the environment, else the one the service keeps for this command line. */
  private @Nullable String key() {
    for (var name : new String[] {"CONSILIUM_KEY", "CONSILIUM_ADMIN_KEY"}) {
      var given = environment.get(name);
      if (given != null && !given.isBlank()) {
        return given;
      }
    }
    var file = home().resolve("cli-key");
    try {
      return Files.isReadable(file) ? Files.readString(file).strip() : null;
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "cannot read the key in " + file + ": " + e.getMessage(), e);
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request) {
    var response = exchange(request);
    if (response.statusCode() / 100 != 2) {
      throw new ExpertException(FailureKind.INVALID_REQUEST, problem(response));
    }
    return response;
  }

  private HttpResponse<InputStream> exchange(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofInputStream());
    } catch (ConnectException e) {
      throw new ExpertException(
          FailureKind.UNAVAILABLE,
          "nothing answers at %s. Start the service with './consilium up', or set CONSILIUM_PORT to the port it runs on."
              .formatted(address()),
          e);
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.UNAVAILABLE, "the connection to %s broke: %s".formatted(address(), e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "interrupted", e);
    }
  }

  /** The sentence in an error body of either shape. */
  private String problem(HttpResponse<InputStream> response) {
    var hint =
        response.statusCode() == 401
            ? " (the command line uses CONSILIUM_KEY, CONSILIUM_ADMIN_KEY or %s)"
                .formatted(home().resolve("cli-key"))
            : "";
    try {
      var body = json(response);
      var message = body.path("error").path("message").asString("");
      return (message.isEmpty() ? body.path("detail").asString("") : message) + hint;
    } catch (ExpertException e) {
      return "the service answered HTTP " + response.statusCode() + hint;
    }
  }

  private static JsonNode json(HttpResponse<InputStream> response) {
    try (var body = response.body()) {
      var bytes = body.readAllBytes();
      return bytes.length == 0 ? Json.object() : Json.MAPPER.readTree(bytes);
    } catch (IOException | JacksonException e) {
      throw new ExpertException(
          FailureKind.UPSTREAM_INVALID, "the service did not answer JSON: " + e.getMessage(), e);
    }
  }
}
