package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Question;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What strong experts hold likely and their weak twins do not: score = (1 + β) ln p(strong) − β ln
 * p(weak), among answers at least α as likely as the likeliest to the strong (Shi et al., "Unchosen
 * Experts Can Contribute Too", Self-Contrast MoE, 2024; Li et al., "Contrastive Decoding", 2023,
 * for the cut), on the level of answers. A twin is a {@link ExpertKind.Variant} of another expert
 * on the panel: fewer active experts, fewer bits, adapter off. Where twins agree they agree;
 * without a twin the strong decide alone. Contrasting token by token needs an engine that offers
 * it.
 *
 * <p>Not with twins almost as able as the expert: contrast is then noise.
 */
public final class TwinContrast implements Aggregator {
  private static final double LEAST = 1e-3;

  private final double beta;
  private final double alpha;

  /**
   * A contrast.
   *
   * @param beta how much the weak side counts, 0 or more
   * @param alpha the least plausibility against the likeliest answer, 0 to 1
   */
  public TwinContrast(double beta, double alpha) {
    this.beta = beta;
    this.alpha = alpha;
  }

  public TwinContrast() {
    this(0.5, 0.1);
  }

  @Override
  public String name() {
    return "twin_contrast";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    var voices = Voices.all(replies, Comparison.EXACT);
    var settled = voices.settled();
    if (settled.isPresent()) {
      return settled.get();
    }
    Set<String> present = new HashSet<>();
    voices.heard().forEach(reply -> present.add(reply.card().id()));
    Map<AnswerKey, Double> strong = new HashMap<>();
    Map<AnswerKey, Double> weak = new HashMap<>();
    int strongVoices = 0;
    int weakVoices = 0;
    for (int i = 0; i < voices.heard().size(); i++) {
      if (voices.said(i) >= 0) {
        var card = voices.heard().get(i).card();
        boolean twin =
            card.kind() instanceof ExpertKind.Variant variant && present.contains(variant.of());
        var side = twin ? weak : strong;
        strongVoices += twin ? 0 : 1;
        weakVoices += twin ? 1 : 0;
        LabelProbabilities.of(
                voices.heard().get(i).answer(), voices.key(voices.said(i)), voices.p(i))
            .forEach((key, p) -> side.merge(key, p, Double::sum));
      }
    }
    if (strongVoices == 0) {
      return Optional.of(voices.signedBy(voices.best()));
    }
    double likeliest = 0;
    for (int a = 0; a < voices.answers(); a++) {
      likeliest = Math.max(likeliest, strong.getOrDefault(voices.key(a), 0.0));
    }
    var score = new double[voices.answers()];
    for (int a = 0; a < score.length; a++) {
      double s = strong.getOrDefault(voices.key(a), 0.0);
      double w = weak.getOrDefault(voices.key(a), 0.0) / Math.max(1, weakVoices);
      score[a] =
          s <= 0 || s < alpha * likeliest
              ? -1e9
              : (1 + beta) * Math.log(s / strongVoices)
                  - (weakVoices == 0 ? 0 : beta * Math.log(Math.max(LEAST, w)));
    }
    return Optional.of(voices.signed(voices.strongest(score)));
  }
}
