package io.consilium.router.estimator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.consilium.expert.Answer;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
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

  /**
   * Asks each of a shortlist for its bid, one after the other; blocks. An expert that fails or says
   * no number makes no bid; cancellation is passed on.
   *
   * @param terms of the calls: deadline and budget
   * @return the bids made
   */
  public Map<String, Double> collect(QuestionProfile profile, List<Expert> shortlist, Terms terms) {
    Map<String, Double> made = new HashMap<>();
    for (var expert : shortlist) {
      try {
        var answer = expert.answer(Question.of(ASK + profile.text(), terms), delta -> {});
        bid(answer).ifPresent(bid -> made.put(expert.card().id(), bid));
      } catch (ExpertException e) {
        if (e.kind() == FailureKind.CANCELLED) {
          throw e;
        }
        log.warn("{} makes no bid: {}", expert.card().id(), e.message());
      }
    }
    bids.put(profile.hash(), Map.copyOf(made));
    return made;
  }

  /**
   * The stated confidence of an answer, else its first number, as a share of one or of a hundred.
   */
  static OptionalDouble bid(Answer answer) {
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

  /** Scores an expert's bid for a question by how right it was; nothing when it made none. */
  public void observe(QuestionProfile profile, String expert, double outcome) {
    var made = bids.getIfPresent(profile.hash());
    var bid = made == null ? null : made.get(expert);
    if (bid != null) {
      reputations.merge(
          expert, Reputation.NONE.after(bid, outcome), (old, first) -> old.after(bid, outcome));
    }
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
