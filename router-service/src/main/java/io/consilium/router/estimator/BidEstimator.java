package io.consilium.router.estimator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.consilium.expert.Answer;
import io.consilium.expert.Expert;
import io.consilium.expert.Reply;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Experts nominate themselves (Autonomy-of-Experts, Lv et al. 2025, arXiv 2501.13074, where cheap
 * internal activations rank them): each of a shortlist says how sure it is before anyone answers.
 * Bids can lie, so each expert's are scored against outcomes by a proper rule, {@link Reputation}:
 * a bid counts as far as its bids have foretold outcomes, and constant over-bidding only tells its
 * rate. Bids are bought beforehand, by {@link #collect}; {@link #estimate} only reads them.
 *
 * <p>Not for long shortlists (each bid is a call), and not before an expert has a few outcomes: a
 * first bid counts nothing.
 */
public final class BidEstimator implements Estimator {
  private static final Logger log = LoggerFactory.getLogger(BidEstimator.class);

  private static final String ASK =
      "How likely is it that you would answer the following request correctly? Do not answer it."
          + " Say one number from 0 to 100.\n\n";

  private static final Pattern NUMBER = Pattern.compile("\\d+(?:\\.\\d+)?");

  private final Cache<String, Map<String, Double>> bids;
  private final Map<String, Reputation> reputations = new ConcurrentHashMap<>();

  /**
   * An estimator without reputations.
   *
   * @param kept how many questions' bids are remembered
   */
  public BidEstimator(long kept) {
    this.bids = Caffeine.newBuilder().maximumSize(kept).build();
  }

  @Override
  public String name() {
    return "bid";
  }

  /** Whether bids for a question are there already. */
  public boolean knows(QuestionProfile profile) {
    return bids.getIfPresent(profile.hash()) != null;
  }

  /** What the bid of an expert may cost at most, in US dollars. */
  public static double usd(QuestionProfile profile, Expert expert) {
    return Survey.usd(expert, ASK + profile.text());
  }

  /**
   * Asks each of a shortlist for its bid, all at once; blocks. An expert that fails, says no number
   * or takes too long makes no bid; cancellation is passed on.
   *
   * @param terms of the calls
   * @param patience how long they may take
   * @return what each replied, in the order of the shortlist
   */
  public List<Reply> collect(
      QuestionProfile profile, List<Expert> shortlist, Terms terms, Duration patience) {
    var replies = Survey.ask(shortlist, ASK + profile.text(), terms, patience);
    Map<String, Double> made = new HashMap<>();
    for (var reply : replies) {
      switch (reply) {
        case Reply.Answered answered ->
            bid(answered.answer()).ifPresent(bid -> made.put(reply.card().id(), bid));
        case Reply.Failed failed ->
            log.debug("{} makes no bid: {}", reply.card().id(), failed.failure().message());
      }
    }
    bids.put(profile.hash(), Map.copyOf(made));
    return replies;
  }

  /**
   * The stated confidence of an answer, else its first number, as a share of one or of a hundred.
   */
  public static OptionalDouble bid(Answer answer) {
    if (answer.confidence() != null) {
      return OptionalDouble.of(answer.confidence());
    }
    var number = NUMBER.matcher(answer.text());
    if (!number.find()) {
      return OptionalDouble.empty();
    }
    double value = Double.parseDouble(number.group());
    boolean share = value <= 1 && number.group().contains(".");
    return OptionalDouble.of(Math.clamp(share ? value : value / 100, 0, 1));
  }

  /**
   * Scores a bid by how right its expert then was.
   *
   * @param bid what it bid, 0 to 1
   * @param outcome how right it was, 0 to 1
   */
  public void observe(String expert, double bid, double outcome) {
    reputations.merge(
        expert, Reputation.NONE.after(bid, outcome), (old, first) -> old.after(bid, outcome));
  }

  /** What is known of an expert's bids. */
  public Reputation reputation(String expert) {
    return reputations.getOrDefault(expert, Reputation.NONE);
  }

  @Override
  public Estimates estimate(QuestionProfile profile, Roster roster) {
    int seats = roster.seats().size();
    var made = bids.getIfPresent(profile.hash());
    if (made == null) {
      return Estimates.none(seats);
    }
    double[] p = new double[seats];
    double[] weight = new double[seats];
    String[] notes = new String[seats];
    for (int i = 0; i < seats; i++) {
      var id = roster.seats().get(i).card().id();
      var bid = made.get(id);
      var known = reputation(id);
      p[i] = bid == null ? 0.5 : known.chance(bid);
      weight[i] = bid == null ? 0 : Rates.evidence((double) known.count());
      notes[i] =
          bid == null
              ? "no bid"
              : "bids %.2f, Brier %.2f over %d".formatted(bid, known.brier(), known.count());
    }
    return Estimates.of(p, weight, i -> notes[i]);
  }
}
