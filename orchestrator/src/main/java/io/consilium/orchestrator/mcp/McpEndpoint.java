package io.consilium.orchestrator.mcp;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Roster;
import io.consilium.orchestrator.api.Bodies;
import io.consilium.orchestrator.guard.CallerLimit;
import io.consilium.orchestrator.net.ClientWatch;
import io.consilium.orchestrator.security.Caller;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Consilium as an MCP server over Streamable HTTP. Versions that begin with {@code initialize} keep
 * a session; {@link Modern} has none. Which of them a message belongs to, the message says. A
 * handler runs on the request's thread, so a caller who hangs up or cancels interrupts it.
 */
@RestController
public final class McpEndpoint {
  static final String SESSION = "Mcp-Session-Id";

  private static final Logger log = LoggerFactory.getLogger(McpEndpoint.class);
  private static final String PATH = "/mcp";

  /** Shorter than proxies wait for a stream that says nothing. */
  private static final Duration BEAT = Duration.ofSeconds(15);

  private static final List<String> OLDER = List.of("2025-11-25", "2025-06-18", "2025-03-26");
  private static final List<String> SUPPORTED =
      List.of(Modern.VERSION, OLDER.get(0), OLDER.get(1), OLDER.get(2));

  private final McpCatalogue catalogue;
  private final McpSessions sessions;
  private final CallerLimit limit;
  private final Set<String> origins;
  private final Bodies bodies;
  private final ClientWatch clients;
  private final AtomicReference<@Nullable Listed> listed = new AtomicReference<>();

  /**
   * The endpoint of one catalogue.
   *
   * @param limit how much each key may send
   * @param origins pages that may call, as browsers write them in {@code Origin}
   * @param clients notices callers who hang up
   */
  public McpEndpoint(
      McpCatalogue catalogue,
      CallerLimit limit,
      Set<String> origins,
      Bodies bodies,
      ClientWatch clients,
      InstantSource clock) {
    this.catalogue = catalogue;
    this.sessions = new McpSessions(clock);
    this.limit = limit;
    this.origins = Set.copyOf(origins);
    this.bodies = bodies;
    this.clients = clients;
  }

  @PostMapping(PATH)
  public void message(HttpServletRequest request, HttpServletResponse response) throws IOException {
    JsonNode id = null;
    try {
      checkOrigin(request);
      admit(Caller.of(request));
      checkAccept(request);
      var message = read(request);
      id = message.get("id");
      if (id != null && !id.isString() && !id.isIntegralNumber()) {
        id = null;
        throw Refused.invalid("'id' must be a string or a whole number");
      }
      serve(message, id, request, response);
    } catch (Refused refused) {
      refuse(refused, id, response);
    }
  }

  /** Streams to a session what it is told of the service's own accord, until somebody leaves. */
  @GetMapping(PATH)
  public void listen(HttpServletRequest request, HttpServletResponse response) throws IOException {
    try {
      checkOrigin(request);
      admit(Caller.of(request));
      var accept = request.getHeader("Accept");
      if (accept != null && !accept.contains("text/event-stream") && !accept.contains("*/*")) {
        throw Refused.of(
            406,
            ErrorCodes.INVALID_REQUEST,
            "send 'Accept: text/event-stream', not '%s'".formatted(accept));
      }
      var session = session(request);
      var stream = new EventStream(response, null);
      stream.beat();
      try (var _ = clients.watch(request, Thread.currentThread())) {
        session.listen(
            BEAT,
            said -> {
              if (said.isEmpty()) {
                stream.beat();
              } else {
                stream.send(Json.object().put("jsonrpc", "2.0").put("method", said));
              }
            });
      } catch (InterruptedException e) {
        log.debug("nobody listens any more to session {}", session.id());
      }
      var _ = Thread.interrupted(); // the request ends here as it should
    } catch (Refused refused) {
      refuse(refused, null, response);
    } catch (ExpertException left) {
      log.debug("{}", left.message());
    }
  }

  /** Tells who listens what is another list now; {@code roster} is what there is now. */
  public void changed(Roster roster) {
    var now = Listed.of(roster);
    var before = listed.getAndSet(now);
    if (before == null) {
      return;
    }
    if (!before.tools.equals(now.tools)) {
      sessions.tell(McpSchema.METHOD_NOTIFICATION_TOOLS_LIST_CHANGED);
    }
    if (!before.resources.equals(now.resources)) {
      sessions.tell(McpSchema.METHOD_NOTIFICATION_RESOURCES_LIST_CHANGED);
    }
  }

  /** Lets go of everybody who listens: the service is about to stop. */
  public void stopListening() {
    sessions.stopListening();
  }

  /** What the lists are made of: the classifiers among the tools, and every card as a resource. */
  private record Listed(Set<ExpertCard> tools, Map<String, String> resources) {
    static Listed of(Roster roster) {
      Set<ExpertCard> tools = new HashSet<>();
      Map<String, String> resources = new HashMap<>();
      for (var card : roster.cards()) {
        resources.put(card.id(), card.description());
        if (card.kind() instanceof ExpertKind.Classifier) {
          tools.add(card);
        }
      }
      return new Listed(tools, resources);
    }
  }

  @DeleteMapping(PATH)
  public void end(HttpServletRequest request, HttpServletResponse response) throws IOException {
    try {
      checkOrigin(request);
      sessions.end(session(request));
      response.setStatus(200);
    } catch (Refused refused) {
      refuse(refused, null, response);
    }
  }

  private static void refuse(Refused refused, @Nullable JsonNode id, HttpServletResponse response)
      throws IOException {
    var wait = refused.waitFor();
    if (wait != null) {
      response.setHeader(
          "Retry-After", Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
    }
    write(refused.status(), refused.body(id), response);
  }

  private static void write(int status, JsonNode body, HttpServletResponse response)
      throws IOException {
    var bytes = Json.bytes(body);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  /** A page may call when it is the service's own or the operator named it; programs send none. */
  private void checkOrigin(HttpServletRequest request) {
    var origin = request.getHeader("Origin");
    if (origin == null || origins.contains(origin) || isOwn(origin, request)) {
      return;
    }
    throw Refused.of(
        403,
        ErrorCodes.INVALID_REQUEST,
        "pages of %s may not call this server; the operator can allow them in consilium.mcp.origins"
            .formatted(origin));
  }

  private static boolean isOwn(String origin, HttpServletRequest request) {
    try {
      var authority = URI.create(origin).getRawAuthority();
      return authority != null && authority.equalsIgnoreCase(request.getHeader("Host"));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void admit(Caller caller) {
    try {
      limit.admit(caller.key());
    } catch (ExpertException failure) {
      throw Refused.later(failure.message(), failure.retryAfter().orElse(null));
    }
  }

  private static void checkAccept(HttpServletRequest request) {
    var accept = request.getHeader("Accept");
    if (accept != null
        && !accept.contains("*/*")
        && !(accept.contains("application/json") && accept.contains("text/event-stream"))) {
      throw Refused.of(
          406,
          ErrorCodes.INVALID_REQUEST,
          "send 'Accept: application/json, text/event-stream', not '%s'".formatted(accept));
    }
  }

  private ObjectNode read(HttpServletRequest request) {
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(bodies.bytes(request));
    } catch (ExpertException failure) {
      throw Refused.of(
          failure.kind() == FailureKind.TOO_LARGE ? 413 : 400,
          ErrorCodes.INVALID_REQUEST,
          failure.message());
    } catch (JacksonException e) {
      throw Refused.of(400, ErrorCodes.PARSE_ERROR, "the body is not valid JSON: " + Json.fault(e));
    }
    if (root instanceof ArrayNode) {
      throw Refused.invalid("messages come one by one; batches are not part of the protocol");
    }
    if (!(root instanceof ObjectNode message)
        || !message.path("jsonrpc").asString("").equals("2.0")) {
      throw Refused.invalid("send a JSON-RPC message: an object with \"jsonrpc\": \"2.0\"");
    }
    return message;
  }

  private void serve(
      ObjectNode message,
      @Nullable JsonNode id,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (!message.path("method").isString()) {
      if (message.has("result") || message.has("error")) {
        response.setStatus(202); // nothing was asked of the client
        return;
      }
      throw Refused.invalid("'method' must be a string");
    }
    var said = request.getHeader(Modern.VERSION_HEADER);
    var method = message.path("method").stringValue();
    if (Modern.version(message) != null || Modern.VERSION.equals(said)) {
      if (id == null) {
        response.setStatus(202); // closing the connection is how this version cancels
        return;
      }
      Modern.check(request, message, SUPPORTED);
      answer(message, id, null, true, request, response);
      return;
    }
    if (said != null && !OLDER.contains(said)) {
      throw Refused.version(said, SUPPORTED);
    }
    if (method.equals(McpSchema.METHOD_INITIALIZE) && id != null) {
      var session = sessions.open(Caller.of(request));
      response.setHeader(SESSION, session.id());
      answer(message, id, session, false, request, response);
      return;
    }
    var session = session(request);
    if (id == null) {
      if (method.equals("notifications/cancelled")) {
        session.cancel(message.path("params").path("requestId"));
      }
      response.setStatus(202);
      return;
    }
    answer(message, id, session, false, request, response);
  }

  private McpSessions.Session session(HttpServletRequest request) {
    var id = request.getHeader(SESSION);
    if (id == null || id.isBlank()) {
      throw Refused.invalid(
          "begin with 'initialize' and send the %s it answers with, or speak %s and name it in _meta"
              .formatted(SESSION, Modern.VERSION));
    }
    return sessions
        .find(id, Caller.of(request))
        .orElseThrow(() ->
            Refused.of(
                404,
                Refused.SESSION,
                "there is no session '%s' for this key, or it has ended: begin anew with 'initialize'"
                    .formatted(id)));
  }

  private void answer(
      ObjectNode message,
      JsonNode id,
      McpSessions.@Nullable Session session,
      boolean modern,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    var method = message.path("method").stringValue();
    var token = message.path("params").path("_meta").path("progressToken");
    var stream =
        method.equals("tools/call") && !token.isMissingNode()
            ? new EventStream(response, token)
            : null;
    var call = new McpCall(Caller.of(request), stream == null ? said -> {} : stream::progress);
    ObjectNode reply;
    try (var _ = session == null ? null : session.running(id);
        var _ = clients.watch(request, Thread.currentThread())) {
      reply = reply(message, method, id, call);
    }
    boolean cancelled = Thread.interrupted(); // what is left to do is to say so
    if (cancelled) {
      log.debug("{} was cancelled", method);
    }
    if (modern && reply.get("result") instanceof ObjectNode result) {
      Modern.complete(result, method, catalogue.info());
    }
    if (stream == null) {
      write(200, reply, response);
    } else {
      stream.send(reply);
    }
  }

  private ObjectNode reply(ObjectNode message, String method, JsonNode id, McpCall call) {
    if (Modern.isDiscovery(message)) {
      return result(id, Modern.discovered(SUPPORTED, catalogue));
    }
    var served = catalogue.current();
    if (method.equals("tools/call")) {
      var unknown = unknown(message, served, call);
      if (unknown != null) {
        return unknown.body(id);
      }
    }
    var params = message.get("params");
    McpSchema.JSONRPCResponse response;
    try {
      response =
          served
              .handler()
              .handleRequest(
                  call.context(),
                  new McpSchema.JSONRPCRequest(
                      "2.0",
                      method,
                      id.isString() ? id.stringValue() : (Object) id.longValue(),
                      params == null ? null : Offer.map(params)))
              .block();
    } catch (McpError e) {
      return Refused.of(
              200, ErrorCodes.METHOD_NOT_FOUND, "there is no method '%s' here".formatted(method))
          .body(id);
    } catch (IllegalArgumentException e) {
      return Refused.of(
              200, ErrorCodes.INVALID_PARAMS, "these params do not fit '%s'".formatted(method))
          .body(id);
    }
    ObjectNode reply = Json.MAPPER.valueToTree(response);
    reply.set("id", id);
    if (reply.get("result") instanceof ObjectNode result) {
      order(result, served, call.caller().access());
    }
    return reply;
  }

  private static ObjectNode result(JsonNode id, ObjectNode result) {
    var reply = Json.object().put("jsonrpc", "2.0");
    reply.set("id", id);
    reply.set("result", result);
    return reply;
  }

  private static @Nullable Refused unknown(
      ObjectNode message, McpCatalogue.Served served, McpCall call) {
    var access = call.caller().access();
    var name = message.path("params").path("name").asString("");
    var may = served.may().get(name);
    if (may != null && may.contains(access)) {
      return null;
    }
    var there =
        served.may().entrySet().stream()
            .filter(tool -> tool.getValue().contains(access))
            .map(Map.Entry::getKey)
            .toList();
    return Refused.of(
        200,
        ErrorCodes.INVALID_PARAMS,
        "there is no tool '%s' for this key; there are %s"
            .formatted(name, String.join(", ", there)));
  }

  /** Lists in an order that stays, and without what this caller may not have. */
  private static void order(ObjectNode result, McpCatalogue.Served served, Access access) {
    if (result.get("tools") instanceof ArrayNode tools) {
      tools.removeIf(tool ->
          !served.may().getOrDefault(tool.path("name").asString(""), Set.of()).contains(access));
    }
    if (result.get("resources") instanceof ArrayNode resources) {
      if (ServiceCatalogue.LOOK.contains(access)) {
        sort(resources, "uri");
      } else {
        resources.removeAll();
      }
    }
    if (result.get("resourceTemplates") instanceof ArrayNode templates) {
      sort(templates, "uriTemplate");
    }
    if (result.get("prompts") instanceof ArrayNode prompts) {
      sort(prompts, "name");
    }
  }

  private static void sort(ArrayNode array, String by) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    elements.sort(Comparator.comparing(element -> element.path(by).asString("")));
    array.removeAll();
    array.addAll(elements);
  }
}
