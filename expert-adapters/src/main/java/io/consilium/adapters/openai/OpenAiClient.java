package io.consilium.adapters.openai;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The one HTTP client towards OpenAI-compatible servers: pooled connections, blocking calls for
 * virtual threads. It never retries, never follows a redirect and never asks for compression. A
 * connection goes back to the pool only when its reply was read to the end; interrupting the
 * calling virtual thread closes it at once, and so does a passed deadline.
 */
public final class OpenAiClient implements AutoCloseable {
  /** Deadline and silence are watched from outside: see {@link DeadlineWatch}. */
  private static final RequestConfig UNTIMED =
      RequestConfig.custom()
          .setResponseTimeout(Timeout.DISABLED)
          .setRedirectsEnabled(false)
          .setAuthenticationEnabled(false)
          .setProtocolUpgradeEnabled(false)
          .build();

  private final Limits limits;
  private final InstantSource clock;
  private final PoolingHttpClientConnectionManager pool;
  private final CloseableHttpClient http;
  private final DeadlineWatch deadlines;

  /**
   * What the client allows.
   *
   * @param connect the longest time to open a connection
   * @param silence the longest time to wait for the next bytes of a reply
   * @param connections the most connections to one server; limits per expert are the guards' work
   * @param body the most bytes a reply may have, streamed or whole
   * @param event the most bytes one streamed event may have
   */
  public record Limits(Duration connect, Duration silence, int connections, int body, int event) {
    /** Five seconds to connect, ten minutes of silence, 64 MiB a reply, 16 MiB an event. */
    public static final Limits DEFAULT =
        new Limits(Duration.ofSeconds(5), Duration.ofMinutes(10), 10_000, 64 << 20, 16 << 20);
  }

  /** Reads a reply from its head on. */
  interface Reader<T> {
    T read(ClassicHttpResponse reply, DeadlineWatch.Watched watched) throws IOException;
  }

  /**
   * @param outbound refuses addresses that must not be called, by throwing; asked for {@code
   *     scheme://host} before each new connection, so a name that is later resolved to another
   *     address is checked again
   */
  public OpenAiClient(Limits limits, Consumer<URI> outbound, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
    this.deadlines = new DeadlineWatch(limits.silence());
    this.pool =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
            .setMaxConnPerRoute(limits.connections())
            .setMaxConnTotal(limits.connections() * 4)
            .setDnsResolver(new CheckedNames(outbound))
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder()
                    .http1Config(
                        Http1Config.custom()
                            .setMaxLineLength(64 << 10)
                            .setMaxHeaderCount(200)
                            .build())
                    .build())
            .setDefaultSocketConfig(
                SocketConfig.custom().setTcpNoDelay(true).setSoKeepAlive(true).build())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(timeout(limits.connect()))
                    // the check reads for a millisecond, so it is spared while a connection is hot
                    .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                    .setTimeToLive(TimeValue.ofMinutes(10))
                    .build())
            .build();
    this.http =
        HttpClients.custom()
            .setConnectionManager(pool)
            .setUserAgent("consilium")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableContentCompression()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableConnectionState()
            .evictExpiredConnections()
            .evictIdleConnections(TimeValue.ofSeconds(60))
            .build();
  }

  /** The usual limits and the system clock. */
  public OpenAiClient(Consumer<URI> outbound) {
    this(Limits.DEFAULT, outbound, InstantSource.system());
  }

  Limits limits() {
    return limits;
  }

  InstantSource clock() {
    return clock;
  }

  /** Connections in use at present. */
  public int leased() {
    return pool.getTotalStats().getLeased();
  }

  /**
   * Sends a request and reads its reply on the calling thread; what {@code reader} throws passes
   * through unchanged, but for I/O errors, which are translated.
   */
  <T> T exchange(
      HttpUriRequestBase request, Upstream upstream, Instant deadline, Reader<T> reader) {
    var left = Duration.between(clock.instant(), deadline);
    if (!left.isPositive()) {
      throw new ExpertException(
          FailureKind.DEADLINE_EXCEEDED,
          "the deadline passed before %s was asked".formatted(upstream.name()));
    }
    request.setConfig(UNTIMED);
    var watched = deadlines.watch(request, left);
    boolean answered = false;
    try {
      var reply = http.executeOpen(upstream.host(), request, HttpClientContext.create());
      answered = true;
      watched.heard();
      if (reply.getEntity() != null) {
        reply.setEntity(new HeardEntity(reply.getEntity(), watched));
      }
      return reader.read(reply, watched);
    } catch (IOException e) {
      boolean late = watched.expired() || !clock.instant().isBefore(deadline);
      throw new UpstreamFailures(upstream, List.of())
          .broken(watched.silent() ? silence(e) : e, answered, late, limits);
    } finally {
      deadlines.forget(watched);
      // closes the connection unless the reply was read to its end
      request.cancel();
    }
  }

  private static SocketTimeoutException silence(IOException cancelled) {
    var timeout = new SocketTimeoutException("the server said nothing for too long");
    timeout.initCause(cancelled);
    return timeout;
  }

  private static Timeout timeout(Duration time) {
    return Timeout.ofMilliseconds(Math.clamp(time.toMillis(), 1, Integer.MAX_VALUE));
  }

  @Override
  public void close() {
    deadlines.close();
    http.close(CloseMode.IMMEDIATE);
  }

  /** The body of a reply, each piece of which says that the server is not silent. */
  private static final class HeardEntity extends HttpEntityWrapper {
    private final DeadlineWatch.Watched watched;

    HeardEntity(HttpEntity body, DeadlineWatch.Watched watched) {
      super(body);
      this.watched = watched;
    }

    @Override
    public InputStream getContent() throws IOException {
      return new FilterInputStream(super.getContent()) {
        @Override
        public int read() throws IOException {
          int read = super.read();
          watched.heard();
          return read;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
          int read = super.read(bytes, from, length);
          watched.heard();
          return read;
        }
      };
    }
  }

  /** Resolves names, each after asking whether it may be called. */
  private record CheckedNames(Consumer<URI> outbound) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      try {
        outbound.accept(URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host)));
      } catch (ExpertException refused) {
        // it is the operator's card that is wrong, not the question
        throw new ExpertException(FailureKind.CONFIGURATION, refused.message(), refused);
      }
      return SystemDefaultDnsResolver.INSTANCE.resolve(host);
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
      return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
    }
  }
}
