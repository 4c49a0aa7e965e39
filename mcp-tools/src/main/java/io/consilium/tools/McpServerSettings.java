package io.consilium.tools;

import io.consilium.expert.ExpertException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How one MCP server is reached and how long we wait for it.
 *
 * @param name its name in configuration and in expert ids; letters, digits, {@code . _ -}
 * @param transport a child process or an address
 * @param startTimeout the most time from start to a listed set of tools
 * @param callTimeout the most time for one call, when the question's deadline allows more
 * @param maxResultBytes the largest result that is read
 * @param ids expert ids by tool name, for tools that shall not be called {@code name/tool}
 */
public record McpServerSettings(
    String name,
    Transport transport,
    Duration startTimeout,
    Duration callTimeout,
    int maxResultBytes,
    Map<String, String> ids) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** How a server is reached. */
  public sealed interface Transport {}

  /**
   * A child process spoken to over its standard input and output.
   *
   * @param command the program; looked up on the {@code PATH} unless it is a path
   * @param arguments its arguments
   * @param environment all it sees beside {@code PATH}, {@code HOME}, locale, time zone and
   *     temporary folder: nothing else of our own environment is passed on
   */
  public record Stdio(String command, List<String> arguments, Map<String, String> environment)
      implements Transport {
    public Stdio {
      if (command.isBlank()) {
        throw ExpertException.invalid("command", "an MCP server over stdio needs a command to run");
      }
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
    }

    /** Hides arguments and values of variables, which may be secrets. */
    @Override
    public String toString() {
      return "Stdio[" + command + ", environment " + environment.keySet() + "]";
    }
  }

  /**
   * A Streamable HTTP endpoint.
   *
   * @param url the endpoint itself, e.g. {@code https://host/mcp}
   * @param headers sent with every request
   */
  public record Http(URI url, Map<String, String> headers) implements Transport {
    public Http {
      var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
        throw ExpertException.invalid(
            "url", "write the address of an MCP server as http(s)://host[:port]/path, not " + url);
      }
      headers = Map.copyOf(headers);
    }

    /** Hides values of headers, which may be secrets. */
    @Override
    public String toString() {
      return "Http[" + url + ", headers " + headers.keySet() + "]";
    }
  }

  public McpServerSettings {
    if (!NAME.matcher(name).matches()) {
      throw ExpertException.invalid(
          "name",
          "'%s' is no name for an MCP server: start with a letter or digit, then letters, digits, . _ -"
              .formatted(name));
    }
    if (!startTimeout.isPositive() || !callTimeout.isPositive()) {
      throw ExpertException.invalid(
          "timeout", "the timeouts of MCP server " + name + " must be positive");
    }
    if (maxResultBytes < 1024) {
      throw ExpertException.invalid(
          "max_result_bytes", "max_result_bytes of MCP server " + name + " must be at least 1024");
    }
    ids = Map.copyOf(ids);
  }

  /** The usual limits: 20 s to start, 60 s a call, results of 4 MiB. */
  public static McpServerSettings of(String name, Transport transport) {
    return new McpServerSettings(
        name, transport, Duration.ofSeconds(20), Duration.ofSeconds(60), 4 << 20, Map.of());
  }

  public McpServerSettings withIds(Map<String, String> all) {
    return new McpServerSettings(name, transport, startTimeout, callTimeout, maxResultBytes, all);
  }

  public McpServerSettings withTimeouts(Duration start, Duration call) {
    return new McpServerSettings(name, transport, start, call, maxResultBytes, ids);
  }

  public McpServerSettings withMaxResultBytes(int bytes) {
    return new McpServerSettings(name, transport, startTimeout, callTimeout, bytes, ids);
  }
}
