package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.aggregator.fit.Fuser;
import io.consilium.aggregator.fit.Votes;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The answer a fitted {@link Fuser} takes for the likeliest to be right, who gave it and who did
 * not considered (Wang et al., "Fusing Models with Complementary Expertise", 2023). Its frugal form
 * hears the next reply only while that has brought more than it must. The answer carries P(right)
 * as its confidence. Not without some hundred marked cases of the same experts.
 */
public final class LearnedFusion implements Aggregator {
  private final Fuser fuser;
  private final double leastGain;
  private final Comparison comparison;

  /**
   * A fusion that hears everyone, or only while it pays.
   *
   * @param leastGain what a further reply must bring in P(right): its price divided by the value of
   *     a right answer; negative infinity to hear everyone
   */
  public LearnedFusion(Fuser fuser, double leastGain, Comparison comparison) {
    this.fuser = fuser;
    this.leastGain = leastGain;
    this.comparison = comparison;
  }

  /** A fusion that hears everyone. */
  public LearnedFusion(Fuser fuser) {
    this(fuser, Double.NEGATIVE_INFINITY, Comparison.EXACT);
  }

  /** A frugal fusion. */
  public LearnedFusion(Fuser fuser, double leastGain) {
    this(fuser, leastGain, Comparison.EXACT);
  }

  @Override
  public String name() {
    return leastGain == Double.NEGATIVE_INFINITY ? "learned_fusion" : "frugal_fusion";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    List<Reply.Answered> heard = new ArrayList<>();
    for (var reply = replies.next(); reply.isPresent(); reply = replies.next()) {
      heard.add(reply.get());
      var p = p(Voices.of(heard, comparison, replies.kind()));
      double leading = Arrays.stream(p).max().orElse(0);
      if (!replies.awaited().isEmpty() && fuser.gain(heard.size(), leading) < leastGain) {
        break;
      }
    }
    var voices = Voices.of(heard, comparison, replies.kind());
    var settled = voices.settled();
    if (settled.isPresent()) {
      return settled.get();
    }
    var p = p(voices);
    int best = voices.strongest(p);
    return Optional.of(voices.signed(best).confident(p[best]));
  }

  /** The voices in the places of the fitted experts, others after them. */
  private double[] p(Voices voices) {
    int n = fuser.experts().size();
    int all = n + voices.heard().size();
    var answer = new int[all];
    var p = new double[all];
    Arrays.fill(answer, -1);
    Arrays.fill(p, 0.5);
    for (int i = 0; i < voices.heard().size(); i++) {
      int e = fuser.experts().indexOf(voices.expert(i));
      int place = e < 0 ? n + i : e;
      answer[place] = voices.said(i);
      p[place] = voices.p(i);
    }
    return fuser.p(new Votes(answer, p, new boolean[all], voices.options()));
  }
}
