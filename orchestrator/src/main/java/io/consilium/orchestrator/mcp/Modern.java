package io.consilium.orchestrator.mcp;

import io.consilium.expert.Json;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The edge of protocol version 2026-07-28 in front of the same handlers: no session, the version in
 * every request, headers that say the same as the body, {@code server/discover}, and results that
 * say how long they may be kept. The SDK does not speak it yet.
 */
final class Modern {
  static final String VERSION = "2026-07-28";
  static final String VERSION_HEADER = "MCP-Protocol-Version";

  private static final String META = "io.modelcontextprotocol/";
  private static final String DISCOVER = "server/discover";
  private static final Set<String> NAMED = Set.of("tools/call", "resources/read", "prompts/get");
  private static final Set<String> LISTS =
      Set.of(
          "tools/list",
          "prompts/list",
          "resources/list",
          "resources/templates/list",
          "resources/read");
  private static final long LIST_MILLIS = 60_000;
  private static final long DISCOVER_MILLIS = 3_600_000;
  private static final String ENCODED = "=?base64?";

  private Modern() {}

  /** The version that a message names in its {@code _meta}; null when it names none. */
  static @Nullable String version(JsonNode message) {
    var named = message.path("params").path("_meta").path(META + "protocolVersion");
    return named.isString() ? named.stringValue() : null;
  }

  /**
   * Checks a message that names a version, or whose header does.
   *
   * @param supported every version spoken here
   * @throws Refused with the code of what is wrong
   */
  static void check(HttpServletRequest request, JsonNode message, List<String> supported) {
    var said = request.getHeader(VERSION_HEADER);
    var meant = version(message);
    same(VERSION_HEADER, said, meant);
    if (!VERSION.equals(meant)) {
      throw Refused.version(String.valueOf(meant), supported);
    }
    var method = message.path("method").asString("");
    same("Mcp-Method", request.getHeader("Mcp-Method"), method);
    if (NAMED.contains(method)) {
      var params = message.path("params");
      var name = params.path(method.equals("resources/read") ? "uri" : "name").asString(null);
      same("Mcp-Name", decoded(request.getHeader("Mcp-Name")), name);
    }
    if (!method.equals(DISCOVER) && !LISTS.contains(method) && !NAMED.contains(method)) {
      throw Refused.of(
          404,
          ErrorCodes.METHOD_NOT_FOUND,
          "there is no method '%s' in %s here".formatted(method, VERSION));
    }
  }

  private static void same(String header, @Nullable String said, @Nullable String meant) {
    if (said == null || !said.equals(meant)) {
      throw Refused.of(
          400,
          Refused.HEADER_MISMATCH,
          "the header %s says %s and the body %s; they must be the same"
              .formatted(header, quoted(said), quoted(meant)));
    }
  }

  private static String quoted(@Nullable String value) {
    return value == null ? "nothing" : "'" + value + "'";
  }

  private static @Nullable String decoded(@Nullable String value) {
    if (value == null || !value.startsWith(ENCODED) || !value.endsWith("?=")) {
      return value;
    }
    try {
      return new String(
          Base64.getDecoder().decode(value.substring(ENCODED.length(), value.length() - 2)),
          StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refused.of(
          400, Refused.HEADER_MISMATCH, "the header Mcp-Name is not valid Base64: " + value);
    }
  }

  static boolean isDiscovery(JsonNode message) {
    return message.path("method").asString("").equals(DISCOVER);
  }

  /** What {@code server/discover} answers. */
  static ObjectNode discovered(List<String> supported, McpCatalogue catalogue) {
    var result = Json.object();
    supported.forEach(result.putArray("supportedVersions")::add);
    var capabilities = result.putObject("capabilities");
    List.of("tools", "resources", "prompts").forEach(capabilities::putObject);
    return result.put("instructions", catalogue.instructions());
  }

  /** Adds what results of this version carry beside their content. */
  static void complete(ObjectNode result, String method, ObjectNode info) {
    result.put("resultType", "complete");
    if (method.equals(DISCOVER)) {
      result.put("ttlMs", DISCOVER_MILLIS).put("cacheScope", "public");
    } else if (LISTS.contains(method)) {
      boolean read = method.equals("resources/read");
      result.put("ttlMs", read ? 0 : LIST_MILLIS).put("cacheScope", "private");
    }
    result.withObject("_meta").set(META + "serverInfo", info);
  }
}
