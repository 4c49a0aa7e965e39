package io.consilium.tools.wireless;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.classifier.LinearClassifier;
import io.consilium.expert.classifier.LinearClassifier.Guess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The fitted detectors; immutable, for any number of threads. */
public final class Detection {
  private static final String BASIS = "basis.txt";

  private final Basis basis;
  private final Map<Detector, LinearClassifier> models;

  Detection(Basis basis, Map<Detector, LinearClassifier> models) {
    this.basis = basis;
    this.models = models;
  }

  /** The shipped detectors, which {@link Training#main} made. */
  public static Detection shipped() {
    Map<Detector, LinearClassifier> models = new EnumMap<>(Detector.class);
    try (var from = resource(BASIS)) {
      var basis = Basis.read(from);
      for (var detector : Detector.values()) {
        try (var in = resource(file(detector))) {
          models.put(detector, LinearClassifier.load(in, file(detector), ChannelFeatures.SPACE));
        }
      }
      return new Detection(basis, models);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String file(Detector detector) {
    return detector.id() + ".model";
  }

  private static InputStream resource(String name) {
    var in = Detection.class.getResourceAsStream(name);
    if (in == null) {
      throw new ExpertException(
          FailureKind.INTERNAL, name + " is missing from the class path; build again");
    }
    return in;
  }

  /** The labels of a detector with their calibrated probabilities, likeliest first. */
  public List<Guess> guesses(Detector detector, ChannelGrid channel) {
    return guesses(detector, ChannelFeatures.of(channel));
  }

  /** The same of a channel whose features are at hand. */
  public List<Guess> guesses(Detector detector, double[] features) {
    return Objects.requireNonNull(models.get(detector)).guesses(basis.spread(features));
  }

  /** Writes the files that {@link #shipped} reads. */
  void save(Path folder) throws IOException {
    Files.writeString(folder.resolve(BASIS), basis.text());
    for (var model : models.entrySet()) {
      try (var out = Files.newOutputStream(folder.resolve(file(model.getKey())))) {
        model.getValue().save(out);
      }
    }
  }
}
