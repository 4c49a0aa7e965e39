package io.consilium.expert;

import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What an inference engine must offer for mixing experts inside one generation. Most engines offer
 * less: whoever needs an ability asks {@link #abilities} first and refuses with {@link
 * FailureKind#UNSUPPORTED} where it is missing.
 */
public interface TokenFuser {
  /** Ways of mixing. */
  enum Ability {
    /** Several adapters of one base at once, each with a scale, chosen per request. */
    ADAPTER_SCALES,
    /** Next-token scores of a strong run less those of its weak twin. */
    LOGIT_CONTRAST,
    /** Next-token probabilities of several models of one vocabulary, weighed. */
    PROBABILITY_MIX
  }

  /** What this engine can do; may be empty. */
  Set<Ability> abilities();

  /**
   * Answers with adapters mixed at these scales; the contract of {@link Expert#answer} holds.
   *
   * @param scales per adapter id, 0 or more; adapters not named are off
   * @throws ExpertException {@link FailureKind#UNSUPPORTED} without {@link Ability#ADAPTER_SCALES}
   */
  Answer mixed(Question question, Map<String, Double> scales, Consumer<Delta> out);
}
