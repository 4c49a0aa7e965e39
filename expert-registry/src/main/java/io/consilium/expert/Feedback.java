package io.consilium.expert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody, or some check, said of one decision's answer.
 *
 * @param decision its id
 * @param at when it was said
 * @param tenant whose it is
 * @param key the id of the API key used, or null
 * @param score how right the answer was, 0 to 1
 * @param thumb up (true), down (false), or null
 * @param correction what the answer should have been, or null
 * @param check the name of the automatic check that said so, or null when a person did
 */
public record Feedback(
    String decision,
    Instant at,
    String tenant,
    @Nullable String key,
    double score,
    @Nullable Boolean thumb,
    @Nullable String correction,
    @Nullable String check) {
  public Feedback {
    if (decision.isBlank()) {
      throw ExpertException.invalid("decision", "feedback names the decision it is about");
    }
    if (!(score >= 0 && score <= 1)) {
      throw ExpertException.invalid("score", "a score lies between 0 and 1");
    }
  }
}
