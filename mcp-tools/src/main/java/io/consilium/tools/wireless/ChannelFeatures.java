package io.consilium.tools.wireless;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The numbers that say what a channel is like: how its samples correlate over time and over
 * frequency, how their power lies over delay and over Doppler shift, how it fluctuates, and how
 * much noise is on them. None depends on the scale of the samples.
 */
public final class ChannelFeatures {
  /** Names what the numbers mean; another set of features is another space. */
  static final String SPACE = "wireless-channel/2";

  /** What each of them measures, in their order. */
  public static final List<String> NAMES =
      List.of(
          "correlation 1 slot apart",
          "correlation 2 slots apart",
          "correlation 4 slots apart",
          "correlation 8 slots apart",
          "correlation 16 slots apart",
          "correlation 1 block apart",
          "correlation 2 blocks apart",
          "correlation 4 blocks apart",
          "correlation 8 blocks apart",
          "correlation 16 blocks apart",
          "correlation 32 blocks apart",
          "noise by differences over time",
          "noise by differences over frequency",
          "noise floor over delay",
          "noise floor over Doppler shift",
          "lesser noise",
          "delay spread",
          "Doppler spread",
          "share of the strongest delay",
          "share of the strongest path",
          "steadiness of the strongest delay",
          "purity of the strongest delay",
          "fluctuation of power",
          "fluctuation of power over time",
          "fluctuation of power over frequency",
          "fluctuation of the strongest delay",
          "noise floor over delay and Doppler shift");

  private static final int SLOTS = ChannelGrid.SLOTS;
  private static final int BLOCKS = ChannelGrid.BLOCKS;
  private static final double LEAST = 1e-6;

  private final Gains grid;
  private final double power;

  private ChannelFeatures(Gains grid) {
    this.grid = grid;
    this.power = grid.power();
  }

  /** The features of a channel. */
  static double[] of(ChannelGrid grid) {
    return new ChannelFeatures(grid.gains()).all();
  }

  private double[] all() {
    List<Double> all = new ArrayList<>();
    for (int lag = 1; lag <= 16; lag *= 2) {
      all.add(correlation(lag, 0));
    }
    for (int lag = 1; lag <= 32; lag *= 2) {
      all.add(correlation(0, lag));
    }
    var delay = transform(grid, false);
    var both = transform(delay, true);
    var doppler = transform(grid, true);
    double overTime = bend(1, 0);
    double overFrequency = bend(0, 1);
    var byDelay = profile(delay, false);
    var byDoppler = profile(doppler, true);
    double delayFloor = floor(byDelay);
    double dopplerFloor = floor(byDoppler);
    double noise = Math.min(Math.min(overTime, overFrequency), Math.min(delayFloor, dopplerFloor));
    all.add(decibels(overTime));
    all.add(decibels(overFrequency));
    all.add(decibels(delayFloor));
    all.add(decibels(dopplerFloor));
    all.add(decibels(noise));
    all.add(StrictMath.log10(spread(byDelay, delayFloor)));
    all.add(StrictMath.log10(spread(byDoppler, dopplerFloor)));
    int strongest = strongest(byDelay);
    all.add(byDelay[strongest]);
    all.add(peak(both));
    var path = path(delay, strongest);
    all.add(steadiness(path));
    all.add(moments(path.powers()));
    all.add(moments(grid.powers()));
    all.add(deviation(sums(true)));
    all.add(deviation(sums(false)));
    all.add(deviation(path.powers()));
    all.add(decibels(floor(both)));
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The size of the autocorrelation at a lag, as a share of the power of the samples compared. */
  private double correlation(int slots, int blocks) {
    double re = 0;
    double im = 0;
    double norm = 0;
    for (int slot = 0; slot + slots < SLOTS; slot++) {
      for (int block = 0; block + blocks < BLOCKS; block++) {
        int a = slot * BLOCKS + block;
        int b = (slot + slots) * BLOCKS + block + blocks;
        re += grid.re()[a] * grid.re()[b] + grid.im()[a] * grid.im()[b];
        im += grid.re()[a] * grid.im()[b] - grid.im()[a] * grid.re()[b];
        norm += (grid.power(a) + grid.power(b)) / 2;
      }
    }
    return Math.sqrt(re * re + im * im) / Math.max(norm, Double.MIN_NORMAL);
  }

  /**
   * The power of fourth differences in one direction as a share of all: what changes faster than a
   * channel does. White noise of share s gives s.
   */
  private double bend(int slots, int blocks) {
    int[] binomial = {1, -4, 6, -4, 1};
    double sum = 0;
    int count = 0;
    for (int slot = 0; slot + 4 * slots < SLOTS; slot++) {
      for (int block = 0; block + 4 * blocks < BLOCKS; block++) {
        double re = 0;
        double im = 0;
        for (int i = 0; i < binomial.length; i++) {
          int at = (slot + i * slots) * BLOCKS + block + i * blocks;
          re += binomial[i] * grid.re()[at];
          im += binomial[i] * grid.im()[at];
        }
        sum += re * re + im * im;
        count++;
      }
    }
    return Math.max(LEAST, sum / 70 / count / (power / (SLOTS * BLOCKS)));
  }

  /**
   * The Fourier transform in one direction, under a Hann window, which keeps peaks narrow-footed.
   */
  private static Gains transform(Gains of, boolean overSlots) {
    int size = overSlots ? SLOTS : BLOCKS;
    int others = overSlots ? BLOCKS : SLOTS;
    var table = overSlots ? Waves.SLOTS : Waves.BLOCKS;
    var to = Gains.zero(of.size());
    for (int other = 0; other < others; other++) {
      for (int bin = 0; bin < size; bin++) {
        double sumRe = 0;
        double sumIm = 0;
        for (int i = 0; i < size; i++) {
          int at = overSlots ? i * BLOCKS + other : other * BLOCKS + i;
          int turn = i * bin % size;
          double cos = table.cos[turn] * table.window[i];
          double sin = table.sin[turn] * table.window[i];
          // delays turn the gain backwards over frequency, so their transform turns it forwards
          double sign = overSlots ? -1 : 1;
          sumRe += of.re()[at] * cos - sign * of.im()[at] * sin;
          sumIm += of.im()[at] * cos + sign * of.re()[at] * sin;
        }
        int at = overSlots ? bin * BLOCKS + other : other * BLOCKS + bin;
        to.re()[at] = sumRe;
        to.im()[at] = sumIm;
      }
    }
    return to;
  }

  /** One turn in as many steps, and a Hann window of that length. */
  private record Waves(double[] cos, double[] sin, double[] window) {
    static final Waves SLOTS = of(ChannelGrid.SLOTS);
    static final Waves BLOCKS = of(ChannelGrid.BLOCKS);
    static final Waves FINE = of(8 * ChannelGrid.SLOTS);

    private static Waves of(int size) {
      var waves = new Waves(new double[size], new double[size], new double[size]);
      for (int i = 0; i < size; i++) {
        waves.cos[i] = StrictMath.cos(2 * Math.PI * i / size);
        waves.sin[i] = StrictMath.sin(2 * Math.PI * i / size);
        waves.window[i] = 1 - StrictMath.cos(2 * Math.PI * (i + 0.5) / size);
      }
      return waves;
    }
  }

  /** Shares of power by bin of one direction, summing to 1. */
  private static double[] profile(Gains of, boolean bySlots) {
    var shares = new double[bySlots ? SLOTS : BLOCKS];
    double total = of.power();
    for (int i = 0; i < of.size(); i++) {
      shares[bySlots ? i / BLOCKS : i % BLOCKS] += of.power(i) / total;
    }
    return shares;
  }

  /** The share of noise, were it everywhere as high as in the lowest quarter of the bins. */
  private static double floor(double[] shares) {
    var sorted = shares.clone();
    Arrays.sort(sorted);
    double sum = 0;
    for (int i = 0; i < sorted.length / 4; i++) {
      sum += sorted[i];
    }
    return Math.max(LEAST, 4 * sum);
  }

  /**
   * The share of noise by the tenth of all bins that have the least power: of noise alone, whose
   * power is spread exponentially over bins, they lie below a power of -ln(.9) of its mean.
   */
  private static double floor(Gains both) {
    var powers = both.powers();
    Arrays.sort(powers);
    double mean = powers[powers.length / 10] / -StrictMath.log(0.9);
    return Math.max(LEAST, mean * powers.length / both.power());
  }

  /** The root mean square spread around the circular mean, in bins, of what stands above noise. */
  private static double spread(double[] shares, double floor) {
    int size = shares.length;
    var signal = new double[size];
    double total = 0;
    double re = 0;
    double im = 0;
    for (int i = 0; i < size; i++) {
      double above = shares[i] - 2 * floor / size;
      signal[i] = Math.max(0, above);
      total += signal[i];
      re += signal[i] * StrictMath.cos(2 * Math.PI * i / size);
      im += signal[i] * StrictMath.sin(2 * Math.PI * i / size);
    }
    if (total <= 0) {
      return size;
    }
    double centre = StrictMath.atan2(im, re) * size / (2 * Math.PI);
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double apart = Math.IEEEremainder(i - centre, size);
      sum += signal[i] / total * apart * apart;
    }
    return Math.max(0.01, Math.sqrt(sum));
  }

  private static int strongest(double[] shares) {
    int best = 0;
    for (int i = 1; i < shares.length; i++) {
      best = shares[i] > shares[best] ? i : best;
    }
    return best;
  }

  private static double peak(Gains both) {
    double most = 0;
    for (int i = 0; i < both.size(); i++) {
      most = Math.max(most, both.power(i));
    }
    return most / both.power();
  }

  /** One delay over time. */
  private static Gains path(Gains delay, int bin) {
    var path = Gains.zero(SLOTS);
    for (int slot = 0; slot < SLOTS; slot++) {
      path.re()[slot] = delay.re()[slot * BLOCKS + bin];
      path.im()[slot] = delay.im()[slot * BLOCKS + bin];
    }
    return path;
  }

  /** The share of a series' power in one wave of any frequency: 1 for a path that only turns. */
  private static double steadiness(Gains path) {
    var table = Waves.FINE;
    int steps = table.cos.length;
    double most = 0;
    for (int step = 0; step < steps; step++) {
      double re = 0;
      double im = 0;
      for (int slot = 0; slot < SLOTS; slot++) {
        int turn = step * slot % steps;
        re += path.re()[slot] * table.cos[turn] + path.im()[slot] * table.sin[turn];
        im += path.im()[slot] * table.cos[turn] - path.re()[slot] * table.sin[turn];
      }
      most = Math.max(most, re * re + im * im);
    }
    return most / (SLOTS * path.power());
  }

  /** Squared mean power over mean squared power: 1/2 for Rayleigh fading, 1 for none. */
  private static double moments(double[] powers) {
    double mean = Arrays.stream(powers).average().orElseThrow();
    double square = Arrays.stream(powers).map(each -> each * each).average().orElseThrow();
    return mean * mean / square;
  }

  private static double deviation(double[] powers) {
    return Math.sqrt(Math.max(0, 1 / moments(powers) - 1));
  }

  private double[] sums(boolean bySlot) {
    var sums = new double[bySlot ? SLOTS : BLOCKS];
    for (int i = 0; i < grid.size(); i++) {
      sums[bySlot ? i / BLOCKS : i % BLOCKS] += grid.power(i);
    }
    return sums;
  }

  private static double decibels(double share) {
    return 10 * StrictMath.log10(share);
  }
}
