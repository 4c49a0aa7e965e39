package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Question;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Adds the experts' probabilities of each label or choice, the surer an expert the more: weights
 * are 1 − entropy / ln K, so that an expert without preference counts nothing (Ormazabal et al.,
 * "CombLM", 2023, entropy weights, on the level of labels). The answer carries its probability as
 * confidence. Not for free text; mixing token by token needs an engine that offers it (see {@link
 * io.consilium.expert.TokenFuser}).
 */
public final class ProbabilityFusion implements Aggregator {
  @Override
  public String name() {
    return "probability_fusion";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    var voices = Voices.all(replies, Comparison.EXACT);
    var settled = voices.settled();
    if (settled.isPresent()) {
      return settled.get();
    }
    var sum = new double[voices.answers()];
    double weights = 0;
    for (int i = 0; i < voices.heard().size(); i++) {
      if (voices.said(i) < 0) {
        continue;
      }
      var p =
          LabelProbabilities.of(
              voices.heard().get(i).answer(), voices.key(voices.said(i)), voices.p(i));
      double rest = 1;
      double entropy = 0;
      for (double each : p.values()) {
        rest -= each;
        entropy -= each > 0 ? each * Math.log(each) : 0;
      }
      int others = Math.max(1, voices.options() - p.size());
      double spread = Math.max(rest, 0) / others;
      entropy -= spread > 0 ? others * spread * Math.log(spread) : 0;
      double weight = Math.max(0.01, 1 - entropy / Math.log(voices.options()));
      weights += weight;
      for (int a = 0; a < sum.length; a++) {
        sum[a] += weight * p.getOrDefault(voices.key(a), spread);
      }
    }
    int best = voices.strongest(sum);
    return Optional.of(voices.signed(best).confident(Math.clamp(sum[best] / weights, 0, 1)));
  }
}
