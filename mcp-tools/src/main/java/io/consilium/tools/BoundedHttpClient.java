package io.consilium.tools;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The JDK's client, of whose answers no message is held or parsed that is longer than the limit.
 * The SDK's transport reads bodies of any size, and takes no other client than one that a builder
 * built.
 */
final class BoundedHttpClient extends HttpClient {
  private final HttpClient delegate;
  private final int limit;

  private BoundedHttpClient(HttpClient delegate, int limit) {
    this.delegate = delegate;
    this.limit = limit;
  }

  /** A builder of such clients; {@code limit} is in bytes a message. */
  static HttpClient.Builder builder(int limit) {
    var real = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    return (HttpClient.Builder)
        Proxy.newProxyInstance(
            BoundedHttpClient.class.getClassLoader(),
            new Class<?>[] {HttpClient.Builder.class},
            (proxy, method, arguments) -> {
              Object result;
              try {
                result = method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
              return result instanceof HttpClient built
                  ? new BoundedHttpClient(built, limit)
                  : result instanceof HttpClient.Builder ? proxy : result;
            });
  }

  private <T> BodyHandler<T> bounded(BodyHandler<T> handler) {
    return answer -> {
      var type = answer.headers().firstValue("Content-Type").orElse("");
      boolean events = type.toLowerCase(Locale.ROOT).contains("text/event-stream");
      return new BoundedBody<>(handler.apply(answer), limit, events);
    };
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return delegate.send(request, bounded(handler));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    return delegate.sendAsync(request, bounded(handler));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushed) {
    return delegate.sendAsync(request, bounded(handler), pushed);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return delegate.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return delegate.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return delegate.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return delegate.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return delegate.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return delegate.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return delegate.authenticator();
  }

  @Override
  public Version version() {
    return delegate.version();
  }

  @Override
  public Optional<Executor> executor() {
    return delegate.executor();
  }
}
