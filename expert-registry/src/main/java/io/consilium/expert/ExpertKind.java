package io.consilium.expert;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What sort of expert a card describes. */
public sealed interface ExpertKind {
  /** The name used in JSON, YAML and on screens. */
  String label();

  /** A language model that answers by itself. */
  record Llm() implements ExpertKind {
    @Override
    public String label() {
      return "llm";
    }
  }

  /** A low-rank adapter on a base model. */
  record Adapter(String base) implements ExpertKind {
    @Override
    public String label() {
      return "adapter";
    }
  }

  /** Chooses one of its labels. */
  record Classifier(List<String> labels) implements ExpertKind {
    public Classifier {
      labels = List.copyOf(labels);
    }

    @Override
    public String label() {
      return "classifier";
    }
  }

  /**
   * A tool of an MCP server.
   *
   * @param server the server's configured name
   * @param schema JSON schema of its arguments
   */
  record Tool(String server, JsonNode schema) implements ExpertKind {
    @Override
    public String label() {
      return "tool";
    }
  }

  /** Finds and quotes documents. */
  record Retriever(String collection) implements ExpertKind {
    @Override
    public String label() {
      return "retriever";
    }
  }

  /** A named plan over other experts. */
  record Composition(List<String> members) implements ExpertKind {
    public Composition {
      members = List.copyOf(members);
    }

    @Override
    public String label() {
      return "composition";
    }
  }

  /** The same checkpoint run another way: other active-expert count, quantisation or pruning. */
  record Variant(String of, Map<String, String> settings) implements ExpertKind {
    public Variant {
      settings = Map.copyOf(settings);
    }

    @Override
    public String label() {
      return "variant";
    }
  }
}
