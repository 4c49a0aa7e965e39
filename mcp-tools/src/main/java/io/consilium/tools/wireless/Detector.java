package io.consilium.tools.wireless;

import java.util.Arrays;
import java.util.List;

/**
 * What can be detected, each with its labels. Their borders are those of standards and textbooks:
 * delay spreads lie between the model values of 3GPP TR 38.901 Table 7.7.3-1, fading is judged
 * against coherence bandwidth 1/(5 × delay spread) and coherence time .423/Doppler (Rappaport,
 * "Wireless Communications", 5.4) over the 23 MHz and 16 ms observed.
 */
public enum Detector {
  LINE_OF_SIGHT(
      "line-of-sight",
      "Tells from samples of a radio channel whether transmitter and receiver are in line of sight.",
      "line of sight",
      "no line of sight"),
  MOBILITY(
      "mobility",
      "Tells from samples of a radio channel how fast it moves, by its largest Doppler shift: walking (below 30 Hz), driving (30 to 200 Hz) or fast (above).",
      "walking",
      "driving",
      "fast"),
  FADING(
      "fading",
      "Tells from samples of a radio channel in what it fades over 23 MHz and 16 ms: not at all (flat), over frequency, over time, or over both.",
      "flat",
      "frequency-selective",
      "time-selective",
      "doubly selective"),
  DELAY_SPREAD(
      "delay-spread",
      "Tells from samples of a radio channel how far its echoes spread, by root mean square delay: very short (below 17 ns), short (17 to 55 ns), nominal (55 to 173 ns) or long (above).",
      "very short",
      "short",
      "nominal",
      "long"),
  SNR(
      "snr-range",
      "Tells from samples of a radio channel how strong the signal is against noise in them: poor (below 3 dB), fair (3 to 9 dB), good (9 to 17 dB) or excellent (above).",
      "poor",
      "fair",
      "good",
      "excellent");

  private final String id;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable, which its type does not say
  private final List<String> labels;

  Detector(String id, String description, String... labels) {
    this.id = id;
    this.description = description;
    this.labels = List.of(labels);
  }

  /** The name of its tool and of its expert. */
  public String id() {
    return id;
  }

  /** What it tells, for people and routers. */
  public String description() {
    return description;
  }

  /** What it tells apart. */
  public List<String> labels() {
    return labels;
  }

  /** The label a scene deserves. */
  public String truth(Scene scene) {
    return labels.get(
        switch (this) {
          case LINE_OF_SIGHT -> scene.profile().inSight() ? 0 : 1;
          case MOBILITY -> stretch(scene.doppler(), 30, 200);
          case FADING -> (overFrequency(scene) ? 1 : 0) + (overTime(scene) ? 2 : 0);
          case DELAY_SPREAD -> stretch(scene.spread(), 17e-9, 55e-9, 173e-9);
          case SNR -> stretch(scene.snr(), 3, 9, 17);
        });
  }

  /** In which of the stretches between borders a value lies, the lowest being 0. */
  private static int stretch(double value, double... borders) {
    return (int) Arrays.stream(borders).filter(border -> value >= border).count();
  }

  private static boolean overFrequency(Scene scene) {
    return 1 / (5 * scene.spread()) < ChannelGrid.BLOCKS * ChannelGrid.BLOCK_HERTZ;
  }

  private static boolean overTime(Scene scene) {
    return 0.423 / scene.doppler() < ChannelGrid.SLOTS * ChannelGrid.SLOT_SECONDS;
  }
}
