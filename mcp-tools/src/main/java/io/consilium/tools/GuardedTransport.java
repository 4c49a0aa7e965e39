package io.consilium.tools;

import io.consilium.expert.Json;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * Stands between the SDK's client and a server: reads its lists of tools with {@link ToolListing},
 * lets no flood of "my tools have changed" through, and tells the server about calls nobody waits
 * for any more, which the SDK's client cannot: it keeps its request ids to itself. A call carries
 * its number in {@code _meta}; here the request id it was given is seen and kept until the call is
 * over.
 */
final class GuardedTransport implements McpClientTransport {
  /** Where in {@code _meta} a call's number stands. */
  static final String CALL = "io.consilium/call";

  /** Changes within this time are listed once. */
  private static final Duration CALM = Duration.ofMillis(200);

  private static final String LIST = "tools/list";
  private static final String CHANGED = "notifications/tools/list_changed";

  private final McpClientTransport delegate;
  private final ToolListing listing;
  private final AtomicBoolean changed = new AtomicBoolean();
  private final Map<Long, Object> requests = new ConcurrentHashMap<>();

  GuardedTransport(McpClientTransport delegate, ToolListing listing) {
    this.delegate = delegate;
    this.listing = listing;
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
    if (message instanceof McpSchema.JSONRPCRequest request && request.method().equals(LIST)) {
      var params = Json.MAPPER.<JsonNode>valueToTree(request.params());
      if (!params.path("cursor").isString()) {
        listing.begin();
      }
    }
    return delegate.sendMessage(message);
  }

  private static @Nullable Object callNumber(McpSchema.CallToolRequest call) {
    return call.meta() == null ? null : call.meta().get(CALL);
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return delegate.connect(incoming ->
        incoming.flatMap(message ->
            message instanceof McpSchema.JSONRPCNotification notice
                    && notice.method().equals(CHANGED)
                ? calmly(handler, message)
                : handler.apply(Mono.just(message))));
  }

  private Mono<JSONRPCMessage> calmly(
      Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler, JSONRPCMessage notice) {
    if (changed.getAndSet(true)) {
      return Mono.empty(); // the list that is about to be read holds this change too
    }
    return Mono.delay(CALM)
        .doOnNext(passed -> changed.set(false))
        .then(handler.apply(Mono.just(notice)));
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
    var read =
        type.getType() == McpSchema.ListToolsResult.class
            ? Json.MAPPER.convertValue(
                listing.page(Json.MAPPER.valueToTree(data)), new TypeReference<Object>() {})
            : data;
    return delegate.unmarshalFrom(read, type);
  }

  @Override
  public List<String> protocolVersions() {
    return delegate.protocolVersions();
  }
}
