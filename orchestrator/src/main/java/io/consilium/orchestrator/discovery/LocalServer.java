package io.consilium.orchestrator.discovery;

import java.util.List;
import java.util.Map;

/**
 * A model server that people run on their own machine.
 *
 * @param name of the product
 * @param port it listens on
 */
public record LocalServer(String name, int port) {
  public LocalServer {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "the port of %s must be a number from 1 to 65535, not %d".formatted(name, port));
    }
  }

  /** The ones looked for, on these ports. */
  public static List<LocalServer> on(int ollama, int lmStudio, int vllm, int llamaCpp) {
    return List.of(
        new LocalServer("Ollama", ollama),
        new LocalServer("LM Studio", lmStudio),
        new LocalServer("vLLM", vllm),
        new LocalServer("llama.cpp", llamaCpp));
  }

  /**
   * The ones looked for, each on its usual port unless the environment names another, as the
   * service's own settings do: {@code CONSILIUM_DISCOVERY_PORTS_OLLAMA}.
   */
  public static List<LocalServer> in(Map<String, String> environment) {
    return on(
        port(environment, "OLLAMA", 11434),
        port(environment, "LMSTUDIO", 1234),
        port(environment, "VLLM", 8000),
        port(environment, "LLAMACPP", 8080));
  }

  private static int port(Map<String, String> environment, String server, int usual) {
    var text = environment.getOrDefault("CONSILIUM_DISCOVERY_PORTS_" + server, "").strip();
    return text.isEmpty() ? usual : Integer.parseInt(text);
  }
}
