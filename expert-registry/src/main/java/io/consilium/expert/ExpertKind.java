package io.consilium.expert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What sort of expert a card describes. */
public sealed interface ExpertKind {
  /** The labels of all kinds. */
  List<String> LABELS =
      List.of("llm", "adapter", "classifier", "tool", "retriever", "composition", "variant");

  /** The name used in JSON, YAML and on screens. */
  String label();

  /** Whether such an expert answers in its own words, so that others may be asked the same. */
  default boolean writes() {
    return switch (this) {
      case Llm llm -> true;
      case Adapter adapter -> true;
      case Variant variant -> true;
      case Composition composition -> true;
      case Classifier classifier -> false;
      case Tool tool -> false;
      case Retriever retriever -> false;
    };
  }

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

  /**
   * A named plan over other experts.
   *
   * @param plan what is done with every question; its experts by id or alias
   * @param millis how long it may take; 0 for as long as the question's deadline allows
   * @param attempts how many of the best answers so far its experts are shown; 0 for none
   */
  record Composition(Plan plan, long millis, int attempts) implements ExpertKind {
    /** The most attempts that are shown. */
    public static final int MOST_ATTEMPTS = 5;

    /** One whose experts are shown no attempts. */
    public Composition(Plan plan, long millis) {
      this(plan, millis, 0);
    }

    public Composition {
      if (attempts < 0 || attempts > MOST_ATTEMPTS) {
        throw ExpertException.invalid(
            "attempts",
            "a composition shows from 0 to %d attempts, not %d".formatted(MOST_ATTEMPTS, attempts));
      }
      if (millis < 0) {
        throw ExpertException.invalid(
            "deadline_ms", "a composition takes 0 ms or more, not " + millis);
      }
    }

    /** Everyone it may ask, the aggregator's own expert included. */
    public List<String> members() {
      if (plan instanceof Plan.Panel panel && panel.helper().isPresent()) {
        List<String> all = new ArrayList<>(panel.experts());
        all.add(panel.helper().get());
        return List.copyOf(all);
      }
      return plan.experts();
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
