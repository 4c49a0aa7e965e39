package io.consilium.adapters.classifier;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.classifier.LinearClassifier.Guess;
import io.consilium.tools.wireless.ChannelGrid;
import io.consilium.tools.wireless.Detection;
import io.consilium.tools.wireless.Detector;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The classifiers of this release, by the model that a card names. */
public final class BundledClassifiers {
  private static final String TICKETS = "ticket-triage";

  private BundledClassifiers() {}

  /**
   * What a card's classifier says of a text.
   *
   * @throws ExpertException {@code CONFIGURATION} when there is none of that name, or when it has
   *     other labels than the card
   */
  public static Function<String, List<Guess>> of(ExpertCard card, Embedder embedder) {
    var model = card.endpoint().model();
    if (TICKETS.equals(model)) {
      same(card, TicketTriage.load(embedder).labels());
      return TicketTriage.reader(embedder);
    }
    for (var detector : Detector.values()) {
      if (detector.id().equals(model)) {
        same(card, detector.labels());
        var detection = Detection.shipped();
        return text -> detection.guesses(detector, channel(text));
      }
    }
    throw new ExpertException(
        FailureKind.CONFIGURATION,
        "%s names the classifier '%s', and there are %s; give one of them as 'model'"
            .formatted(
                card.id(),
                model,
                Stream.concat(
                        Stream.of(TICKETS), Arrays.stream(Detector.values()).map(Detector::id))
                    .collect(Collectors.joining(", "))));
  }

  private static void same(ExpertCard card, List<String> labels) {
    if (card.kind() instanceof ExpertKind.Classifier classifier
        && !new HashSet<>(classifier.labels()).equals(new HashSet<>(labels))) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the labels of %s are %s; write them so on its card".formatted(card.id(), labels));
    }
  }

  private static ChannelGrid channel(String text) {
    try {
      return ChannelGrid.in(text);
    } catch (IllegalArgumentException e) {
      throw ExpertException.invalid("messages", String.valueOf(e.getMessage()));
    }
  }
}
