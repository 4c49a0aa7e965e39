package io.consilium.orchestrator.wiring;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Owner;
import io.consilium.expert.SecretRef;
import io.consilium.expert.ToolSpec;
import io.consilium.expert.card.McpServer;
import io.consilium.orchestrator.ToolReviews;
import io.consilium.tools.McpConnection;
import io.consilium.tools.McpServerSettings;
import io.consilium.tools.ToolCards;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to MCP servers by name: the bundled one and those of {@code experts.yaml}. A
 * server's tools become experts once it has listed them.
 */
final class ToolServers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ToolServers.class);

  private final ToolReviews reviews;
  private final Function<SecretRef, String> secrets;
  private final InstantSource clock;
  private final ReentrantLock changing = new ReentrantLock();
  private final Map<String, McpServer> declared = new HashMap<>();
  private final Map<String, McpConnection> connections = new ConcurrentHashMap<>();

  ToolServers(ToolReviews reviews, Function<SecretRef, String> secrets, InstantSource clock) {
    this.reviews = reviews;
    this.secrets = secrets;
    this.clock = clock;
  }

  /** Adds a connection that somebody else has made and began; it is closed here. */
  void add(McpConnection connection) {
    connections.put(connection.settings().name(), connection);
  }

  /**
   * The connection to a card's server.
   *
   * @throws ExpertException {@code CONFIGURATION} when no server has that name
   */
  McpConnection find(String name, String expert) {
    var connection = connections.get(name);
    if (connection == null) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "%s is a tool of the MCP server '%s', which nothing declares; there are %s"
              .formatted(expert, name, connections.keySet()));
    }
    return connection;
  }

  /** Makes these the only servers that the file declares. */
  void declare(List<McpServer> servers) {
    changing.lock();
    try {
      Set<String> names = new HashSet<>();
      for (var server : servers) {
        names.add(server.name());
        if (!server.equals(declared.get(server.name()))) {
          close(server.name());
          declared.put(server.name(), server);
          connect(server);
        }
      }
      for (var gone : declared.keySet().stream().filter(name -> !names.contains(name)).toList()) {
        close(gone);
        reviews.forget(gone);
        declared.remove(gone);
      }
    } finally {
      changing.unlock();
    }
  }

  /** Waits until every server has listed its tools, or its time to start is up. */
  void awaitLists() {
    for (var connection : connections.values()) {
      try {
        connection.tools();
      } catch (ExpertException away) {
        log.debug("{}", away.message());
      }
    }
  }

  private void connect(McpServer server) {
    var settings = settings(server);
    var connection =
        new McpConnection(settings, tools -> listed(settings, server.pin(), tools), clock);
    connections.put(server.name(), connection);
    connection.start();
  }

  private McpServerSettings settings(McpServer server) {
    var transport =
        server.url() != null
            ? new McpServerSettings.Http(server.url(), resolved(server.headers()))
            : new McpServerSettings.Stdio(
                server.command().getFirst(),
                server.command().subList(1, server.command().size()),
                environment(server.environment()));
    return McpServerSettings.of(server.name(), transport).withIds(server.ids());
  }

  private Map<String, String> resolved(Map<String, SecretRef> references) {
    Map<String, String> values = new HashMap<>();
    references.forEach((name, reference) -> values.put(name, secrets.apply(reference)));
    return values;
  }

  private Map<String, String> environment(Map<String, String> declared) {
    Map<String, String> values = new HashMap<>();
    declared.forEach((name, value) ->
        values.put(
            name,
            value.startsWith("${") || value.startsWith("file:")
                ? secrets.apply(new SecretRef(value))
                : value));
    return values;
  }

  private void listed(McpServerSettings server, boolean pinned, List<ToolSpec> tools) {
    try {
      reviews.listed(server.name(), pinned, ToolCards.of(server, tools, Owner.FILE));
      log.info("MCP server {}: {} tools", server.name(), tools.size());
    } catch (ExpertException e) {
      log.error("the tools of MCP server {} are left out: {}", server.name(), e.message());
    }
  }

  private void close(String name) {
    var connection = connections.remove(name);
    if (connection != null) {
      connection.close();
    }
  }

  @Override
  public void close() {
    connections.keySet().forEach(this::close);
  }
}
