package io.consilium.orchestrator.discovery;

import java.util.List;

/**
 * A model server that people run on their own machine.
 *
 * @param name of the product
 * @param port it listens on unless told otherwise
 */
public record LocalServer(String name, int port) {
  /** The ones looked for, each on its usual port. */
  public static final List<LocalServer> USUAL =
      List.of(
          new LocalServer("Ollama", 11434),
          new LocalServer("LM Studio", 1234),
          new LocalServer("vLLM", 8000),
          new LocalServer("llama.cpp", 8080));
}
