package io.consilium.bench.gateway;

import io.consilium.bench.gateway.load.Topics;
import java.util.Locale;

/** What our service is told to know: the experts of its {@code experts.yaml}, all on the mock. */
enum OursRoster {
  /** One expert per way of the mock to answer; the bench pins them. */
  PINNED {
    @Override
    String yaml(String upstream) {
      StringBuilder yaml = new StringBuilder("experts:\n");
      for (String model : new String[] {"instant", "delay-20", "paced-64x20", "paced-64x250"}) {
        expert(yaml, model, "Answers as the bench's mock upstream does.", model, upstream);
      }
      return yaml.toString();
    }
  },
  /** One expert per {@link Topics topic}, all instant, for the router to choose from. */
  TOPICS {
    @Override
    String yaml(String upstream) {
      StringBuilder yaml = new StringBuilder("experts:\n");
      expert(yaml, "instant", "General questions of every kind.", "instant", upstream);
      for (String topic : Topics.names()) {
        String about =
            "Answers questions about %s: %s."
                .formatted(topic, String.join(", ", Topics.words(topic)).toLowerCase(Locale.ROOT));
        expert(yaml, topic, about, "instant", upstream);
      }
      return yaml.toString();
    }
  };

  /** The file, with {@code upstream} as base address of every expert. */
  abstract String yaml(String upstream);

  private static void expert(
      StringBuilder yaml, String id, String description, String model, String upstream) {
    yaml.append("  - id: ").append(id).append('\n');
    yaml.append("    kind: llm\n");
    yaml.append("    description: \"").append(description).append("\"\n");
    yaml.append("    provider: openai\n    url: ").append(upstream).append('\n');
    yaml.append("    model: ").append(model).append('\n');
  }
}
