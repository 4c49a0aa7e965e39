package io.consilium.orchestrator.discovery;

import io.consilium.expert.ExpertCard;
import java.util.List;

/**
 * Something found that can be registered.
 *
 * @param where for people: "Ollama on port 11434", "OPENAI_API_KEY"
 * @param cards the experts it offers; owner {@code DISCOVERED}
 */
public record Finding(String where, List<ExpertCard> cards) {
  public Finding {
    cards = List.copyOf(cards);
  }
}
