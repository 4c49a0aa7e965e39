package io.consilium.router.replay;

import java.util.List;

/**
 * How right answers are by what people chose to say of them, held against a sample that nobody
 * chose. Feedback is missing not at random: who is annoyed speaks up. The uniform sample is smaller
 * and says more. Intervals are Wilson's ("Probable inference, the law of succession, and
 * statistical inference", 1927) at 95 %, which for scores between 0 and 1 are wider than they need
 * be.
 *
 * @param feedback by all feedback
 * @param audit by the uniform sample
 * @param drawn answers in the uniform sample, judged or not
 * @param finding what may be concluded
 */
public record Anchor(Share feedback, Share audit, long drawn, Finding finding) {
  private static final double Z95 = 1.96;

  /** Fewer judged answers of the sample conclude nothing. */
  static final int LEAST = 30;

  /** Where less of the sample is judged, what is missing of it may be missing not at random too. */
  static final double MOSTLY = 0.8;

  /** What may be concluded. */
  public enum Finding {
    /** Too little of the sample is judged. */
    UNKNOWN,
    /** They do not differ by more than chance. */
    AGREE,
    /** They differ: go by the sample. */
    DIFFER
  }

  /**
   * A mean of scores with its 95 % interval.
   *
   * @param n how many
   * @param value the mean; NaN of none
   * @param low lower end
   * @param high upper end
   */
  public record Share(int n, double value, double low, double high) {
    /** Of scores between 0 and 1. */
    public static Share of(List<Double> scores) {
      int n = scores.size();
      if (n == 0) {
        return new Share(0, Double.NaN, 0, 1);
      }
      double p = scores.stream().mapToDouble(Double::doubleValue).sum() / n;
      double z2 = Z95 * Z95;
      double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
      double half = Z95 * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n)) / (1 + z2 / n);
      return new Share(n, p, middle - half, middle + half);
    }
  }

  /**
   * Holds one against the other.
   *
   * @param feedback scores of all that was said
   * @param audit scores of the sample
   * @param drawn answers of the sample, judged or not
   */
  public static Anchor of(List<Double> feedback, List<Double> audit, long drawn) {
    var said = Share.of(feedback);
    var sampled = Share.of(audit);
    return new Anchor(said, sampled, drawn, finding(said, sampled, drawn));
  }

  /** Newcombe's interval of a difference (1998), of Wilson's two. */
  private static Finding finding(Share said, Share sampled, long drawn) {
    if (said.n() == 0 || sampled.n() < LEAST || sampled.n() < MOSTLY * drawn) {
      return Finding.UNKNOWN;
    }
    double difference = said.value() - sampled.value();
    double below = Math.hypot(said.value() - said.low(), sampled.high() - sampled.value());
    double above = Math.hypot(said.high() - said.value(), sampled.value() - sampled.low());
    return difference - below > 0 || difference + above < 0 ? Finding.DIFFER : Finding.AGREE;
  }
}
