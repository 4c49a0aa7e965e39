package io.consilium.orchestrator.routers;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a canary has shown enough. Its judged answers are compared with those of the version that
 * serves, since the canary began: worse beyond chance and it goes, not worse by more than the
 * margin and it may stay.
 *
 * @param auto whether it is promoted and rolled back by itself; otherwise the verdict is only shown
 * @param least judged answers of each before anything is concluded
 * @param margin how much less often right it may be, for all that is known, and still be promoted
 */
public record CanaryRules(
    @DefaultValue("false") boolean auto,
    @DefaultValue("50") int least,
    @DefaultValue("0.05") double margin) {
  private static final double Z95 = 1.96;

  public CanaryRules {
    if (least < 10 || !(margin >= 0 && margin <= 1)) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "consilium.learn.canary.least must be 10 or more, and margin a share from 0 to 1");
    }
  }

  /** What a canary's answers come to. */
  enum Verdict {
    /** Too few were judged, or they differ too little to tell. */
    WAIT,
    PROMOTE,
    ROLL_BACK
  }

  /**
   * Scores of judged answers.
   *
   * @param n how many
   * @param sum of the scores, 0 to 1 each
   */
  record Tally(long n, double sum) {
    /** Nothing was judged. */
    static final Tally NONE = new Tally(0, 0);

    Tally and(double score) {
      return new Tally(n + 1, sum + score);
    }

    /** What came since an earlier tally. */
    Tally since(Tally earlier) {
      return new Tally(n - earlier.n, sum - earlier.sum);
    }

    /** The mean of the posterior of the mean score, from a uniform prior. */
    double mean() {
      return (sum + 1) / (n + 2);
    }

    /** The variance of that posterior; an upper bound where scores lie between 0 and 1. */
    double variance() {
      return mean() * (1 - mean()) / (n + 3);
    }
  }

  /** Compares by the 95 % interval of the difference of means. */
  Verdict of(Tally canary, Tally serving) {
    if (canary.n() < least || serving.n() < least) {
      return Verdict.WAIT;
    }
    double gain = canary.mean() - serving.mean();
    double reach = Z95 * Math.sqrt(canary.variance() + serving.variance());
    if (gain + reach < 0) {
      return Verdict.ROLL_BACK;
    }
    return gain - reach >= -margin ? Verdict.PROMOTE : Verdict.WAIT;
  }
}
