package io.consilium.tools.wireless;

import io.consilium.expert.classifier.LinearClassifier;
import io.consilium.expert.classifier.LogisticTrainer;
import io.consilium.expert.classifier.LogisticTrainer.Labelled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Trains the detectors on simulated channels; {@link #main} makes the shipped models anew. They
 * know channels as simulated, of one antenna pair: not hardware faults, interference or measured
 * channels.
 */
public final class Training {
  /** Channel models that detectors learn from; those not here are kept for trying them. */
  public static final List<TapProfile> PROFILES =
      List.of(
          TapProfile.EXPONENTIAL,
          TapProfile.EXPONENTIAL_RICIAN,
          TapProfile.TDL_A,
          TapProfile.TDL_C,
          TapProfile.TDL_D);

  /** Signal over noise that detectors learn from, in decibels. */
  public static final List<Double> SNRS =
      IntStream.rangeClosed(-3, 13).mapToObj(i -> 2.0 * i).toList();

  /** Channels the shipped models learnt from. */
  public static final int CHANNELS = 10_000;

  /** Seed of the shipped models. */
  public static final long SEED = 1;

  private Training() {}

  /**
   * A scene as observed, with the features of the observation.
   *
   * @param scene its signal over noise is that of the samples
   * @param features in the order of {@link ChannelFeatures#NAMES}
   */
  public record Observed(Scene scene, double[] features) {}

  /** Observations of scenes drawn by a seed; the same on every machine. */
  public static List<Observed> observe(
      int count, List<TapProfile> profiles, List<Double> snrs, long seed) {
    var random = new SplittableRandom(seed);
    List<Scene> scenes = new ArrayList<>();
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      scenes.add(Scene.draw(profiles, snrs, random));
      seeds.add(random.nextLong());
    }
    return IntStream.range(0, count)
        .parallel()
        .mapToObj(i -> {
          var observation = scenes.get(i).observed(seeds.get(i));
          return new Observed(observation.scene(), ChannelFeatures.of(observation.grid()));
        })
        .toList();
  }

  /** Fits all detectors to observations. */
  public static Detection fit(List<Observed> observed) {
    var basis = Basis.of(observed.stream().map(Observed::features).toList());
    var vectors = observed.stream().map(each -> basis.spread(each.features)).toList();
    var trainer = new LogisticTrainer(ChannelFeatures.SPACE, SEED);
    Map<Detector, LinearClassifier> models = new EnumMap<>(Detector.class);
    for (var detector : Detector.values()) {
      List<Labelled> examples = new ArrayList<>();
      for (int i = 0; i < observed.size(); i++) {
        var scene = observed.get(i).scene;
        // grouped by channel model, so that confidence is fitted on models not learnt from
        examples.add(
            new Labelled(vectors.get(i), detector.truth(scene), PROFILES.indexOf(scene.profile())));
      }
      models.put(detector, trainer.fit(examples));
    }
    return new Detection(basis, models);
  }

  /** Fits the shipped models and writes them to the folder named. */
  public static void main(String[] arguments) throws IOException {
    var folder = Files.createDirectories(Path.of(arguments[0]));
    fit(observe(CHANNELS, PROFILES, SNRS, SEED)).save(folder);
  }
}
