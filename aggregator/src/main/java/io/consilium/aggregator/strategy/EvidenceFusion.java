package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Forecast;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Adds evidence instead of votes, so that what is believed and what is not known stay apart: each
 * reply is evidence for its answer, as much as its forecast is above chance times the number of
 * trials its interval stands for; opinions are combined by Dempster's rule (Li et al., "Trustworthy
 * Long-Tailed Classification", 2022; Han et al., "Trusted Multi-View Classification", 2021). It
 * asks no further once ignorance is small; with much ignorance after all replies it abstains, with
 * a refusal that says so. The answer carries its belief as confidence.
 *
 * <p>Not where an answer is wanted in any case, and not for experts that share their errors:
 * evidence that is counted twice looks like knowledge.
 */
public final class EvidenceFusion implements Aggregator {
  private static final double ENOUGH = 0.05;
  private static final double MOST = 0.6;
  private static final double MOST_TRIALS = 50;
  private static final double TRIALS_UNKNOWN = 2;
  // the width of an 80 % interval in standard deviations
  private static final double WIDTH = 2.563;

  private final double enough;
  private final double most;
  private final Comparison comparison;

  /**
   * A fusion with its limits.
   *
   * @param enough ignorance below which nobody else is heard, 0 to hear all
   * @param most ignorance above which it abstains, 1 to answer always
   */
  public EvidenceFusion(double enough, double most, Comparison comparison) {
    if (!(enough >= 0 && enough <= most && most <= 1)) {
      throw new IllegalArgumentException("0 ≤ enough ≤ most ≤ 1 does not hold");
    }
    this.enough = enough;
    this.most = most;
    this.comparison = comparison;
  }

  public EvidenceFusion() {
    this(ENOUGH, MOST, Comparison.EXACT);
  }

  @Override
  public String name() {
    return "evidence_fusion";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    List<Reply.Answered> heard = new ArrayList<>();
    for (var reply = replies.next(); reply.isPresent(); reply = replies.next()) {
      heard.add(reply.get());
      if (enough > 0
          && heard.size() > 1
          && opinion(Voices.of(heard, comparison, replies.kind())).ignorance() < enough) {
        break;
      }
    }
    var voices = Voices.of(heard, comparison, replies.kind());
    var settled = voices.settled();
    if (settled.isPresent()) {
      return settled.get();
    }
    var opinion = opinion(voices);
    int best = voices.strongest(opinion.belief());
    if (opinion.ignorance() > most) {
      return Optional.of(
          Answer.refused(
                  String.format(
                      Locale.ROOT,
                      "the experts know too little: belief %.2f in the likeliest answer, ignorance %.2f of at most %.2f",
                      opinion.belief()[best],
                      opinion.ignorance(),
                      most))
              .from(voices.shares("evidence")));
    }
    return Optional.of(voices.signed(best).confident(opinion.belief()[best]));
  }

  static Opinion opinion(Voices voices) {
    var opinion = Opinion.none(voices.answers());
    for (int i = 0; i < voices.heard().size(); i++) {
      if (voices.said(i) >= 0) {
        double chance = 1.0 / voices.options();
        double above = Math.max(0, (voices.p(i) - chance) / (1 - chance));
        double evidence = above * trials(voices.heard().get(i).forecast());
        opinion = opinion.and(Opinion.of(voices.answers(), voices.said(i), evidence));
      }
    }
    return opinion;
  }

  /** How many trials a forecast of this width would stand for. */
  private static double trials(@Nullable Forecast forecast) {
    if (forecast == null) {
      return TRIALS_UNKNOWN;
    }
    double p = Math.clamp(forecast.p(), 0.02, 0.98);
    double deviation = (forecast.high() - forecast.low()) / WIDTH;
    return deviation <= 0
        ? MOST_TRIALS
        : Math.clamp(p * (1 - p) / (deviation * deviation) - 1, 1, MOST_TRIALS);
  }
}
