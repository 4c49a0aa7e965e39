package io.consilium.tools.wireless;

import io.consilium.tools.wireless.TapProfile.Tap;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a channel is: the truth that detectors are to find from its samples.
 *
 * @param profile the tapped delay line
 * @param spread root mean square delay spread, in seconds
 * @param doppler largest Doppler shift, in hertz
 * @param ratio power in sight over power scattered, where a path is in sight; else 0
 * @param snr signal over noise, in decibels: over all fading where a scene is drawn, and over what
 *     was observed in an {@link Observation}
 */
public record Scene(TapProfile profile, double spread, double doppler, double ratio, double snr) {
  private static final double LEAST_SPREAD = 3e-9;
  private static final double MOST_SPREAD = 600e-9;
  private static final double LEAST_DOPPLER = 3;
  private static final double MOST_DOPPLER = 900;
  private static final double LEAST_RATIO_DB = 3;
  private static final double MOST_RATIO_DB = 15;

  /** Waves that make up the scatter of a tap. */
  private static final int WAVES = 24;

  /** Draws a scene; spread and Doppler evenly in their logarithm, the K-factor in decibels. */
  static Scene draw(List<TapProfile> profiles, List<Double> snrs, SplittableRandom random) {
    var profile = profiles.get(random.nextInt(profiles.size()));
    double decibels = LEAST_RATIO_DB + random.nextDouble() * (MOST_RATIO_DB - LEAST_RATIO_DB);
    return new Scene(
        profile,
        between(LEAST_SPREAD, MOST_SPREAD, random),
        between(LEAST_DOPPLER, MOST_DOPPLER, random),
        profile.inSight() ? StrictMath.pow(10, decibels / 10) : 0,
        snrs.get(random.nextInt(snrs.size())));
  }

  private static double between(double least, double most, SplittableRandom random) {
    return least * StrictMath.pow(most / least, random.nextDouble());
  }

  /**
   * Samples of a scene.
   *
   * @param scene with the signal over noise of these samples: fading lifts or lowers the signal for
   *     longer than they last, so that the mean over all fading is not in them
   * @param grid what was observed
   */
  public record Observation(Scene scene, ChannelGrid grid) {}

  /** The samples of {@link #observed}. */
  public ChannelGrid samples(long seed) {
    return observed(seed).grid;
  }

  /**
   * Samples of such a channel: scattered taps fade after Clarke and Jakes, as sums of waves from
   * evenly drawn angles (Clarke 1968; Jakes 1974); the path in sight turns at the Doppler shift of
   * one angle; white Gaussian noise on each sample. The mean power of the signal is 1.
   */
  public Observation observed(long seed) {
    var random = new SplittableRandom(seed);
    var gains = Gains.zero(ChannelGrid.SLOTS * ChannelGrid.BLOCKS);
    for (var tap : profile.taps(spread, ratio)) {
      add(tap, gains, random);
    }
    double signal = 10 * StrictMath.log10(gains.power() / gains.size());
    double noise = Math.sqrt(StrictMath.pow(10, -snr / 10) / 2);
    for (int i = 0; i < gains.size(); i++) {
      gains.re()[i] += noise * gaussian(random);
      gains.im()[i] += noise * gaussian(random);
    }
    return new Observation(
        new Scene(profile, spread, doppler, ratio, snr + signal), new ChannelGrid(gains));
  }

  private void add(Tap tap, Gains to, SplittableRandom random) {
    int waves = tap.steady() ? 1 : WAVES;
    double height = Math.sqrt(tap.power() / waves);
    var fading = Gains.zero(ChannelGrid.SLOTS);
    for (int wave = 0; wave < waves; wave++) {
      double shift = doppler * StrictMath.cos(2 * Math.PI * random.nextDouble());
      double phase = 2 * Math.PI * random.nextDouble();
      for (int slot = 0; slot < ChannelGrid.SLOTS; slot++) {
        double angle = phase + 2 * Math.PI * shift * slot * ChannelGrid.SLOT_SECONDS;
        fading.re()[slot] += height * StrictMath.cos(angle);
        fading.im()[slot] += height * StrictMath.sin(angle);
      }
    }
    for (int block = 0; block < ChannelGrid.BLOCKS; block++) {
      double angle = -2 * Math.PI * tap.delay() * block * ChannelGrid.BLOCK_HERTZ;
      double cos = StrictMath.cos(angle);
      double sin = StrictMath.sin(angle);
      for (int slot = 0; slot < ChannelGrid.SLOTS; slot++) {
        int at = slot * ChannelGrid.BLOCKS + block;
        to.re()[at] += fading.re()[slot] * cos - fading.im()[slot] * sin;
        to.im()[at] += fading.re()[slot] * sin + fading.im()[slot] * cos;
      }
    }
  }

  /** A normal deviate (Box and Muller 1958), the same on every machine. */
  private static double gaussian(SplittableRandom random) {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }
}
