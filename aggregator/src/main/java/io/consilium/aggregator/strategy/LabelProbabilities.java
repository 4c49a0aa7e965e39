package io.consilium.aggregator.strategy;

import io.consilium.aggregator.AnswerKey;
import io.consilium.expert.Answer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How probable each label or choice is to one expert: from the log-probabilities of the token that
 * names its answer, where it gave them; else its own confidence, else its forecast, on its answer
 * alone.
 */
final class LabelProbabilities {
  private static final double LEAST = 0.02;

  private LabelProbabilities() {}

  /** Probabilities by key of answer; together at most 1. */
  static Map<AnswerKey, Double> of(Answer answer, AnswerKey key, double forecast) {
    var told = tokens(answer.logprobs(), key);
    if (told.isPresent()) {
      return told.get();
    }
    var confidence = answer.confidence();
    double p = Math.clamp(confidence == null ? forecast : confidence, LEAST, 1 - LEAST);
    return Map.of(key, p);
  }

  /** The last token that is the answer, with its alternatives. */
  private static Optional<Map<AnswerKey, Double>> tokens(
      @Nullable JsonNode logprobs, AnswerKey key) {
    if (logprobs == null) {
      return Optional.empty();
    }
    Optional<Map<AnswerKey, Double>> last = Optional.empty();
    for (var token : logprobs.path("content")) {
      var named = AnswerKey.of(token.path("token").asString(""));
      if (named.isPresent() && named.get().equals(key) && !token.path("top_logprobs").isEmpty()) {
        Map<AnswerKey, Double> all = new LinkedHashMap<>();
        for (var alternative : token.path("top_logprobs")) {
          AnswerKey.of(alternative.path("token").asString(""))
              .filter(other -> other.kind() == key.kind())
              .ifPresent(other ->
                  all.merge(
                      other, Math.exp(alternative.path("logprob").asDouble(-99)), Double::sum));
        }
        double sum = all.values().stream().mapToDouble(Double::doubleValue).sum();
        all.replaceAll((label, p) -> p / Math.max(sum, 1));
        last = all.isEmpty() ? last : Optional.of(all);
      }
    }
    return last;
  }
}
