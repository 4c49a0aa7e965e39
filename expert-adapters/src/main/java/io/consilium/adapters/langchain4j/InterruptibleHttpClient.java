package io.consilium.adapters.langchain4j;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's HTTP client for LangChain4j, run wholly on the calling thread: interrupting it closes
 * the connection, also before the first byte of a stream, which LangChain4j's own client cannot.
 * Speaks HTTP/1.1, follows no redirect and keeps Retry-After.
 */
final class InterruptibleHttpClient implements dev.langchain4j.http.client.HttpClient {
  /** The most of an error's body that is read. */
  private static final int LONGEST_ERROR = 64 * 1024;

  private final HttpClient client;
  private final Duration patience;
  private final Consumer<URI> outbound;
  private final InstantSource clock;

  private InterruptibleHttpClient(
      HttpClient client, Duration patience, Consumer<URI> outbound, InstantSource clock) {
    this.client = client;
    this.patience = patience;
    this.outbound = outbound;
    this.clock = clock;
  }

  /**
   * Builds clients that share one pool of connections. The timeouts are those given here; what
   * LangChain4j sets besides is its default and is not heeded.
   */
  static final class Builder implements HttpClientBuilder {
    private final HttpClient client;
    private final Duration connect;
    private final Duration patience;
    private final Consumer<URI> outbound;
    private final InstantSource clock;

    /**
     * @param connect the longest a connection may take
     * @param patience the longest until the head of a reply comes
     * @param outbound throws when an address may not be called
     */
    Builder(Duration connect, Duration patience, Consumer<URI> outbound, InstantSource clock) {
      this.connect = connect;
      this.patience = patience;
      this.outbound = outbound;
      this.clock = clock;
      this.client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(connect)
              .executor(
                  Executors.newThreadPerTaskExecutor(
                      Thread.ofVirtual().name("langchain4j-http-", 0).factory()))
              .build();
    }

    @Override
    public Duration connectTimeout() {
      return connect;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration ignored) {
      return this;
    }

    @Override
    public Duration readTimeout() {
      return patience;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration ignored) {
      return this;
    }

    @Override
    public InterruptibleHttpClient build() {
      return new InterruptibleHttpClient(client, patience, outbound, clock);
    }
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    try (var body = open(request)) {
      return body.whole(body.stream().readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    try (var body = open(request)) {
      listener.onOpen(body.whole(null));
      parser.parse(body.stream(), listener);
      listener.onClose();
      // heard only by a listener that is still waiting for the end of its answer
      listener.onError(new CutOffException(null));
    } catch (IOException | RuntimeException e) {
      listener.onError(e);
    }
  }

  /** A reply whose status is 2xx. */
  private record Body(HttpResponse<InputStream> response) implements AutoCloseable {
    InputStream stream() {
      return new Marked(response.body());
    }

    SuccessfulHttpResponse whole(byte @Nullable [] bytes) {
      return SuccessfulHttpResponse.builder()
          .statusCode(response.statusCode())
          .headers(response.headers().map())
          .body(bytes)
          .build();
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }

  /** The reply broke off after its head had come. */
  static final class CutOffException extends IOException {
    private static final long serialVersionUID = 1;

    CutOffException(@Nullable IOException cause) {
      super("the reply broke off", cause);
    }
  }

  /** Marks what goes wrong in reading a body, so that it is told from what goes wrong before. */
  private static final class Marked extends FilterInputStream {
    Marked(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException e) {
        throw new CutOffException(e);
      }
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      try {
        return super.read(into, from, count);
      } catch (IOException e) {
        throw new CutOffException(e);
      }
    }
  }

  private Body open(HttpRequest request) throws IOException {
    var response = send(request);
    if (response.statusCode() / 100 != 2) {
      try (var body = response.body()) {
        throw new RefusedException(
            response.statusCode(),
            new String(body.readNBytes(LONGEST_ERROR), StandardCharsets.UTF_8),
            retryAfter(response));
      }
    }
    if (response.headers().firstValue("content-type").orElse("").startsWith("text/html")) {
      response.body().close();
      throw new ExpertException(
          FailureKind.UPSTREAM_INVALID,
          "the provider answered a web page instead of JSON; the url of the expert is probably wrong");
    }
    return new Body(response);
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    var address = URI.create(request.url());
    outbound.accept(address);
    var sent =
        java.net.http.HttpRequest.newBuilder(address)
            .timeout(patience)
            .method(
                request.method().name(),
                request.body() == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(request.body()));
    request.headers().forEach((name, values) -> values.forEach(value -> sent.header(name, value)));
    try {
      return client.send(sent.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the call was interrupted", e);
    }
  }

  /** The wait asked for, in seconds or until a date; null when none is. */
  private @Nullable Duration retryAfter(HttpResponse<?> response) {
    var value = response.headers().firstValue("retry-after").orElse("").strip();
    if (value.matches("[0-9]{1,6}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    try {
      var until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
      var wait = Duration.between(clock.instant(), until);
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
