package io.consilium.bench.detectors;

import io.consilium.tools.wireless.ChannelFeatures;
import io.consilium.tools.wireless.Detection;
import io.consilium.tools.wireless.Detector;
import io.consilium.tools.wireless.TapProfile;
import io.consilium.tools.wireless.Training;
import io.consilium.tools.wireless.Training.Observed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tries the shipped wireless detectors on simulated channels: of the models and noise they learnt
 * from, and of models and noise they did not; writes {@code bench/reports/detectors.md} or the file
 * after {@code --out}.
 */
public final class DetectorsBench {
  private static final int CHANNELS = 4_000;

  /** Not the seed of the training, nor that of any trial before. */
  private static final long SEED = 20_261_130;

  private static final List<TapProfile> NEW_PROFILES = List.of(TapProfile.TDL_B, TapProfile.TDL_E);
  private static final List<Double> NEW_SNRS =
      IntStream.rangeClosed(-3, 12).mapToObj(i -> 2.0 * i + 1).toList();

  /**
   * How one method did.
   *
   * @param right share of all channels
   * @param clear share of those with 10 dB and more
   * @param error expected calibration error in ten bins; not a number where no probability is
   *     stated
   */
  record Score(double right, double clear, double error) {}

  /** What a method says of a channel. */
  private interface Method {
    /** The label and its probability; NaN where it states none. */
    Said of(Observed observed);
  }

  private record Said(String label, double probability) {}

  private DetectorsBench() {}

  public static void run(String[] options) throws IOException {
    var out = Path.of("bench/reports/detectors.md");
    if (options.length == 2 && options[0].equals("--out")) {
      out = Path.of(options[1]);
    } else if (options.length > 0) {
      throw new IllegalArgumentException("bench detectors takes --out FILE and nothing else");
    }
    var learnt =
        Training.observe(Training.CHANNELS, Training.PROFILES, Training.SNRS, Training.SEED);
    var known = Training.observe(CHANNELS, Training.PROFILES, Training.SNRS, SEED);
    var unseen = Training.observe(CHANNELS, NEW_PROFILES, NEW_SNRS, SEED + 1);
    var report = report(learnt, known, unseen);
    if (out.getParent() != null) {
      Files.createDirectories(out.getParent());
    }
    Files.writeString(out, report);
    System.out.println(report);
  }

  private static String report(List<Observed> learnt, List<Observed> known, List<Observed> unseen) {
    var detection = Detection.shipped();
    var text = new StringBuilder();
    text.append(
        """
        # The wireless detectors on channels they were not trained on

        Made by `./consilium bench detectors` on %s, from simulated channels only. The shipped models learnt from %,d
        channels of %s with %s dB of signal over noise. **Known**: %,d other channels of these. **New**: %,d channels of
        %s with %s dB: neither the models nor the noise were trained on. Delay spreads from 3 to 600 ns, Doppler shifts
        from 3 to 900 Hz (both evenly in the logarithm), K-factors from 3 to 15 dB where a path is in sight. These dB are of
        a channel's mean over all fading. The label of `snr-range`, and what counts as clear, is the signal over noise of the
        samples observed, which fading lifts or lowers: the mean over all fading is not in 16 ms. ± is half the width of the
        95 %% interval (normal approximation).

        *Majority* always says the commonest label of the training. *One feature* is the best of %d features with the
        best thresholds on it, fitted on the same training channels. ECE is the expected calibration error in ten bins of
        the stated probability (aim on new channels: at most .05). *Clear* are channels of 10 dB and more.

        """
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                learnt.size(),
                names(Training.PROFILES),
                range(Training.SNRS),
                known.size(),
                unseen.size(),
                names(NEW_PROFILES),
                range(NEW_SNRS),
                ChannelFeatures.NAMES.size()));
    text.append(
        """
        | detector | labels | known | **new** | new, clear | ECE known | ECE new | majority, new | one feature, known | one feature, new | which |
        |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|
        """);
    for (var detector : Detector.values()) {
      text.append(row(detector, detection, learnt, known, unseen));
    }
    text.append(
        """

        Line of sight at 10 dB and more: aim at least .90. Borders of labels are drawn through a continuum (a spread of
        172 ns is nominal, one of 174 long), so that no detector can be right everywhere.

        ## Confusion on new channels

        Rows are the truth, columns what was said; shares of the row, in percent.
        """);
    for (var detector : Detector.values()) {
      text.append(confusion(detector, detection, unseen));
    }
    return text.toString();
  }

  private static String row(
      Detector detector,
      Detection detection,
      List<Observed> learnt,
      List<Observed> known,
      List<Observed> unseen) {
    Method shipped =
        observed -> {
          var guess = detection.guesses(detector, observed.features()).getFirst();
          return new Said(guess.label(), guess.probability());
        };
    var labels = detector.labels();
    var truths = learnt.stream().mapToInt(each -> labels.indexOf(truth(detector, each))).toArray();
    int commonest =
        IntStream.range(0, labels.size())
            .boxed()
            .max((a, b) -> Long.compare(count(truths, a), count(truths, b)))
            .orElseThrow();
    var one =
        OneFeature.fit(learnt.stream().map(Observed::features).toList(), truths, labels.size());
    Method single = each -> new Said(labels.get(one.label(each.features())), Double.NaN);
    var onKnown = score(detector, shipped, known);
    var onNew = score(detector, shipped, unseen);
    return String.format(
        Locale.ROOT,
        "| `%s` | %d | %s | **%s** | %s | %.3f | %.3f | %.3f | %.3f | %.3f | %s |%n",
        detector.id(),
        labels.size(),
        shown(onKnown.right, known.size()),
        shown(onNew.right, unseen.size()),
        shown(onNew.clear, (int) unseen.stream().filter(DetectorsBench::clear).count()),
        onKnown.error,
        onNew.error,
        score(detector, each -> new Said(labels.get(commonest), Double.NaN), unseen).right,
        score(detector, single, known).right,
        score(detector, single, unseen).right,
        ChannelFeatures.NAMES.get(one.feature()));
  }

  private static String truth(Detector detector, Observed observed) {
    return detector.truth(observed.scene());
  }

  private static boolean clear(Observed observed) {
    return observed.scene().snr() >= 10;
  }

  private static long count(int[] labels, int label) {
    return IntStream.of(labels).filter(each -> each == label).count();
  }

  private static Score score(Detector detector, Method method, List<Observed> observed) {
    var confidence = new double[10];
    var hits = new double[10];
    int right = 0;
    int clear = 0;
    int rightAndClear = 0;
    boolean stated = true;
    for (var each : observed) {
      var said = method.of(each);
      boolean hit = said.label.equals(truth(detector, each));
      right += hit ? 1 : 0;
      clear += clear(each) ? 1 : 0;
      rightAndClear += hit && clear(each) ? 1 : 0;
      stated &= !Double.isNaN(said.probability);
      if (stated) {
        int bin = Math.min(9, (int) (10 * said.probability));
        confidence[bin] += said.probability;
        hits[bin] += hit ? 1 : 0;
      }
    }
    double error = stated ? 0 : Double.NaN;
    for (int bin = 0; bin < 10 && stated; bin++) {
      error += Math.abs(confidence[bin] - hits[bin]) / observed.size();
    }
    return new Score((double) right / observed.size(), (double) rightAndClear / clear, error);
  }

  private static String confusion(Detector detector, Detection detection, List<Observed> observed) {
    var labels = detector.labels();
    var counts = new int[labels.size()][labels.size()];
    for (var each : observed) {
      var said = detection.guesses(detector, each.features()).getFirst().label();
      counts[labels.indexOf(truth(detector, each))][labels.indexOf(said)]++;
    }
    var text =
        new StringBuilder("\n### `" + detector.id() + "`\n\n" + detector.description() + "\n\n");
    text.append("| truth | channels | ").append(String.join(" | ", labels)).append(" |\n|---|--:|");
    text.append("--:|".repeat(labels.size())).append('\n');
    for (int truth = 0; truth < labels.size(); truth++) {
      int all = IntStream.of(counts[truth]).sum();
      text.append("| %s | %,d |".formatted(labels.get(truth), all));
      for (int said = 0; said < labels.size(); said++) {
        var share =
            String.format(Locale.ROOT, "%.1f", 100.0 * counts[truth][said] / Math.max(1, all));
        text.append(said == truth ? " **%s** |".formatted(share) : " %s |".formatted(share));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String names(List<TapProfile> profiles) {
    return profiles.stream()
        .map(each -> each.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .map(name -> name.startsWith("tdl") ? name.toUpperCase(Locale.ROOT) : name)
        .collect(Collectors.joining(", "));
  }

  private static String range(List<Double> snrs) {
    return String.format(
        Locale.ROOT, "%.0f, %.0f … %.0f", snrs.getFirst(), snrs.get(1), snrs.getLast());
  }

  private static String shown(double share, int of) {
    return String.format(
        Locale.ROOT, "%.3f ± %.3f", share, 1.96 * Math.sqrt(share * (1 - share) / of));
  }
}
