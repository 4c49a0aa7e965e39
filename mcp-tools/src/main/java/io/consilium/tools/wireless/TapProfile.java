package io.consilium.tools.wireless;

import java.util.ArrayList;
import java.util.List;

/**
 * The mean power of a channel over delay: taps of a tapped delay line. The lines named TDL are
 * those of 3GPP TR 38.901, Tables 7.7.2-1 to 7.7.2-5; {@link #EXPONENTIAL} is the textbook profile
 * whose power falls by e with each unit of delay.
 */
public enum TapProfile {
  EXPONENTIAL(false, exponential()),
  EXPONENTIAL_RICIAN(true, exponential()),
  TDL_A(
      false,
      taps(
          """
          0.0000 -13.4  0.3819 0      0.4025 -2.2   0.5868 -4     0.4610 -6     0.5375 -8.2
          0.6708 -9.9   0.5750 -10.5  0.7618 -7.5   1.5375 -15.9  1.8978 -6.6   2.2242 -16.7
          2.1718 -12.4  2.4942 -15.2  2.5119 -10.8  3.0582 -11.3  4.0810 -12.7  4.4579 -16.2
          4.5695 -18.3  4.7966 -18.9  5.0066 -16.6  5.3043 -19.9  9.6586 -29.7
          """)),
  TDL_B(
      false,
      taps(
          """
          0.0000 0      0.1072 -2.2   0.2155 -4     0.2095 -3.2   0.2870 -9.8   0.2986 -1.2
          0.3752 -3.4   0.5055 -5.2   0.3681 -7.6   0.3697 -3     0.5700 -8.9   0.5283 -9
          1.1021 -4.8   1.2756 -5.7   1.5474 -7.5   1.7842 -1.9   2.0169 -7.6   2.8294 -12.2
          3.0219 -9.8   3.6187 -11.4  4.1067 -14.9  4.2790 -9.2   4.7834 -11.3
          """)),
  TDL_C(
      false,
      taps(
          """
          0.0000 -4.4   0.2099 -1.2   0.2219 -3.5   0.2329 -5.2   0.2176 -2.5   0.6366 0
          0.6448 -2.2   0.6560 -3.9   0.6584 -7.4   0.7935 -7.1   0.8213 -10.7  0.9336 -11.1
          1.2285 -5.1   1.3083 -6.8   2.1704 -8.7   2.7105 -13.2  4.2589 -13.9  4.6003 -13.9
          5.4902 -15.8  5.6077 -17.1  6.3065 -16    6.6374 -15.7  7.0427 -21.6  8.6523 -22.8
          """)),
  /** Without the path in sight, which comes on top: the scattered part of Table 7.7.2-4. */
  TDL_D(
      true,
      taps(
          """
          0.0000 -13.5  0.0350 -18.8  0.6120 -21    1.3630 -22.8  1.4050 -17.9  1.8040 -20.1
          2.5960 -21.9  1.7750 -22.9  4.0420 -27.8  7.9370 -23.6  9.4240 -24.8  9.7080 -30
          12.525 -27.7
          """)),
  /** Without the path in sight, which comes on top: the scattered part of Table 7.7.2-5. */
  TDL_E(
      true,
      taps(
          """
          0.0000 -22.03 0.5133 -15.8  0.5440 -18.1  0.5630 -19.8  0.5440 -22.9  0.7112 -22.4
          1.9092 -18.6  1.9293 -20.8  1.9589 -22.6  2.6426 -22.3  3.7136 -25.6  5.4524 -20.2
          12.0034 -29.8 20.6519 -29.2
          """));

  private final boolean inSight;

  @SuppressWarnings("ImmutableEnumChecker") // List.copyOf is immutable, which its type does not say
  private final List<Tap> scattered;

  /**
   * One tap.
   *
   * @param delay in any unit of time
   * @param power mean power; those of a line sum to 1
   * @param steady whether it is the path in sight, which does not fade
   */
  record Tap(double delay, double power, boolean steady) {}

  TapProfile(boolean inSight, List<Tap> scattered) {
    this.inSight = inSight;
    this.scattered = scattered;
  }

  /** Whether a path in sight leads the taps. */
  public boolean inSight() {
    return inSight;
  }

  /**
   * The taps for a root mean square delay spread and a K-factor, as TR 38.901 7.7.6 scales them:
   * powers first, then delays.
   *
   * @param spread in seconds
   * @param ratio power in sight over power scattered; read only where a path is in sight
   */
  List<Tap> taps(double spread, double ratio) {
    double total = scattered.stream().mapToDouble(Tap::power).sum();
    double share = inSight ? 1 / (1 + ratio) : 1;
    List<Tap> taps = new ArrayList<>();
    if (inSight) {
      taps.add(new Tap(0, 1 - share, true));
    }
    scattered.forEach(tap -> taps.add(new Tap(tap.delay, share * tap.power / total, false)));
    double scale = spread / spread(taps);
    return taps.stream().map(tap -> new Tap(scale * tap.delay, tap.power, tap.steady)).toList();
  }

  /** The root mean square delay spread of taps whose powers sum to 1, in their unit. */
  static double spread(List<Tap> taps) {
    double mean = 0;
    double square = 0;
    for (var tap : taps) {
      mean += tap.power * tap.delay;
      square += tap.power * tap.delay * tap.delay;
    }
    return Math.sqrt(square - mean * mean);
  }

  private static List<Tap> exponential() {
    List<Tap> taps = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      taps.add(new Tap(i / 4.0, StrictMath.exp(-i / 4.0), false));
    }
    return List.copyOf(taps);
  }

  /** Pairs of delay and power in decibels. */
  private static List<Tap> taps(String pairs) {
    var numbers = pairs.strip().split("\\s+");
    List<Tap> taps = new ArrayList<>();
    for (int i = 0; i < numbers.length; i += 2) {
      double power = StrictMath.pow(10, Double.parseDouble(numbers[i + 1]) / 10);
      taps.add(new Tap(Double.parseDouble(numbers[i]), power, false));
    }
    return List.copyOf(taps);
  }
}
