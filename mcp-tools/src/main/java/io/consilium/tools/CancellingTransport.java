package io.consilium.tools;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Tells the server about calls nobody waits for any more, which the SDK's client cannot: it keeps
 * its request ids to itself. A call carries its number in {@code _meta}; here the request id it was
 * given is seen and kept until the call is over.
 */
final class CancellingTransport implements McpClientTransport {
  /** Where in {@code _meta} a call's number stands. */
  static final String CALL = "io.consilium/call";

  private final McpClientTransport delegate;
  private final Map<Long, Object> requests = new ConcurrentHashMap<>();

  CancellingTransport(McpClientTransport delegate) {
    this.delegate = delegate;
  }

  /** Asks the server to stop working on a call. */
  void cancel(long call, String reason) {
    var request = requests.remove(call);
    if (request != null) {
      delegate
          .sendMessage(
              new McpSchema.JSONRPCNotification(
                  "notifications/cancelled", Map.of("requestId", request, "reason", reason)))
          .onErrorComplete()
          .subscribe();
    }
  }

  /** The call is over. */
  void forget(long call) {
    requests.remove(call);
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    if (message instanceof McpSchema.JSONRPCRequest request
        && request.params() instanceof McpSchema.CallToolRequest call
        && callNumber(call) instanceof Long number) {
      requests.put(number, request.id());
    }
    return delegate.sendMessage(message);
  }

  private static @Nullable Object callNumber(McpSchema.CallToolRequest call) {
    return call.meta() == null ? null : call.meta().get(CALL);
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return delegate.connect(handler);
  }

  @Override
  public void setExceptionHandler(Consumer<Throwable> handler) {
    delegate.setExceptionHandler(handler);
  }

  @Override
  public void close() {
    delegate.close();
  }

  @Override
  public Mono<Void> closeGracefully() {
    return delegate.closeGracefully();
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return delegate.unmarshalFrom(data, type);
  }

  @Override
  public List<String> protocolVersions() {
    return delegate.protocolVersions();
  }
}
