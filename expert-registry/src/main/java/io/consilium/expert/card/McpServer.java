package io.consilium.expert.card;

import io.consilium.expert.SecretRef;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server as {@code experts.yaml} declares it; each of its tools becomes an expert.
 *
 * @param name its name, and the first part of its tools' expert ids
 * @param command the program and its arguments, when it is a child process; else empty
 * @param environment variables of the child process; values are texts, or references as {@link
 *     SecretRef} has them
 * @param url its Streamable HTTP endpoint, or null
 * @param headers sent with every request
 * @param ids expert ids by tool name, where {@code name/tool} does not suit
 * @param pin whether a tool that is new or changed is withheld until it is approved
 */
public record McpServer(
    String name,
    List<String> command,
    Map<String, String> environment,
    @Nullable URI url,
    Map<String, SecretRef> headers,
    Map<String, String> ids,
    boolean pin) {
  public McpServer {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    headers = Map.copyOf(headers);
    ids = Map.copyOf(ids);
  }
}
