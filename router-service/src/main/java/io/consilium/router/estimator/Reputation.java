package io.consilium.router.estimator;

/**
 * How far an expert's bids can be trusted: its outcomes so far against what it bid, by the Brier
 * score, a proper rule, so that no expert gains by bidding what it does not believe. Immutable.
 *
 * @param count bids with a known outcome
 * @param bids their sum
 * @param correct the sum of outcomes
 * @param squares the sum of squared errors of the bids
 * @param own the sum of squared errors of always bidding the rate so far
 * @param products the sum of bid times outcome
 * @param bidSquares the sum of squared bids
 */
public record Reputation(
    long count,
    double bids,
    double correct,
    double squares,
    double own,
    double products,
    double bidSquares) {
  /** Nothing is known yet. */
  public static final Reputation NONE = new Reputation(0, 0, 0, 0, 0, 0, 0);

  /** As many bids are presumed to say nothing. */
  private static final double PSEUDO = 10;

  /**
   * After one more outcome.
   *
   * @param bid what the expert claimed, 0 to 1
   * @param outcome how right it was, 0 to 1
   */
  public Reputation after(double bid, double outcome) {
    if (!(bid >= 0 && bid <= 1) || !(outcome >= 0 && outcome <= 1)) {
      throw new IllegalArgumentException(
          "a bid and its outcome lie between 0 and 1, not %s and %s".formatted(bid, outcome));
    }
    double usual = rate();
    return new Reputation(
        count + 1,
        bids + bid,
        correct + outcome,
        squares + (bid - outcome) * (bid - outcome),
        own + (usual - outcome) * (usual - outcome),
        products + bid * outcome,
        bidSquares + bid * bid);
  }

  /** How often it is right, drawn to one half while little is known. */
  public double rate() {
    return (correct + 1) / (count + 2);
  }

  /** The mean squared error of its bids; 0.25 while there are none, as for always one half. */
  public double brier() {
    return count == 0 ? 0.25 : squares / count;
  }

  /** The part of the error of plain rates that its bids save, below 0 when they add to it. */
  public double skill() {
    return own <= 0 ? 0 : (own - squares) / (own + PSEUDO * 0.25);
  }

  /**
   * P(correct) given a bid: its rate, moved by the bid as far as its bids have foretold outcomes
   * (the slope of outcome on bid, shrunk, never against the bid).
   */
  public double chance(double bid) {
    if (count == 0) {
      return 0.5;
    }
    double mean = bids / count;
    double together = products - bids * correct / count;
    double spread = bidSquares - bids * mean;
    double slope = Math.clamp(together / (spread + PSEUDO * 0.05), 0, 1.5);
    return Math.clamp(rate() + slope * (bid - mean), 0.005, 0.995);
  }
}
