package io.consilium.adapters.classifier;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.classifier.LinearClassifier;
import io.consilium.expert.classifier.LogisticTrainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The bundled classifier: which team of a support desk a customer's message belongs to. Its model
 * lies beside this class; {@link #main} makes it anew from {@link TicketPhrases}.
 */
public final class TicketTriage {
  /** Seed of the shipped model and its examples. */
  private static final long SEED = 1;

  private static final int EXAMPLES_PER_PHRASING = 8;
  private static final String MODEL = "ticket-triage.model";

  /** The start and end of a quotation, but no apostrophe. */
  private static final Pattern QUOTED =
      Pattern.compile(
          "(?<![\\p{L}\\p{N}])[\"'“„«‘](.{6,})[\"'”“»’](?![\\p{L}\\p{N}])", Pattern.DOTALL);

  private static final Pattern ASKING =
      Pattern.compile(
          "\\b(teams?|queue|departments?|tickets?|routes?|triage|categor\\w+|classif\\w+|labels?|tags?|assign|"
              + "forward|belongs?|handles?|deals?|desk|customer|complaint|request|whose|who|where|which)\\b");

  private TicketTriage() {}

  /** The shipped model. */
  public static LinearClassifier load(Embedder embedder) {
    try (var in = TicketTriage.class.getResourceAsStream(MODEL)) {
      if (in == null) {
        throw new ExpertException(
            FailureKind.INTERNAL, MODEL + " is missing from the class path; build again");
      }
      return LinearClassifier.load(in, MODEL, embedder.id());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the team a message belongs to out of a question about it. */
  public static Function<String, List<LinearClassifier.Guess>> reader(Embedder embedder) {
    var model = load(embedder);
    return question -> model.guesses(embedder.embed(message(question)));
  }

  /** Fits the shipped model; takes some seconds. */
  static LinearClassifier train(Embedder embedder) {
    return new LogisticTrainer(embedder.id(), SEED)
        .fit(examples().stream().map(example -> example.in(embedder)).toList());
  }

  static List<Example> examples() {
    return TicketPhrases.bundled().generate(SEED, EXAMPLES_PER_PHRASING);
  }

  /**
   * The customer's own words out of a question about them: what is quoted, or what follows a colon,
   * where the rest asks for a team; otherwise all of it.
   */
  public static String message(String question) {
    var quoted = QUOTED.matcher(question);
    if (quoted.find()
        && asks(question.substring(0, quoted.start()) + question.substring(quoted.end()))) {
      return quoted.group(1).strip();
    }
    int colon = question.indexOf(':');
    if (colon >= 0 && colon < question.length() - 6 && asks(question.substring(0, colon))) {
      return question.substring(colon + 1).strip();
    }
    return question.strip();
  }

  private static boolean asks(String frame) {
    return ASKING.matcher(frame.toLowerCase(Locale.ROOT)).find();
  }

  /** Fits the model and writes it to the file named. */
  public static void main(String[] arguments) throws IOException {
    try (var embedder = OnnxEmbedder.forThisMachine();
        var out = Files.newOutputStream(Path.of(arguments[0]))) {
      train(embedder).save(out);
    }
  }
}
