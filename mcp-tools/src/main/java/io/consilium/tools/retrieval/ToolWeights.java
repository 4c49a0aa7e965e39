package io.consilium.tools.retrieval;

import io.consilium.expert.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * How much each signal of a search counts. Signals whose range depends on the set of tools are
 * standardised, so that weights fitted on one set hold for others.
 */
public final class ToolWeights {
  private static final String SHIPPED = "tool-weights.json";

  /** What speaks for a tool; {@code PIECE_…} is the best of the pieces of the request. */
  public enum Signal {
    /** BM25 of the request and all that is said of the tool, in standard deviations. */
    WORDS,
    /** The same of the piece that fits best. */
    PIECE_WORDS,
    /** Cosine of the request and all that is said of the tool, in standard deviations. */
    MEANING,
    /** The same of the piece that fits best. */
    PIECE_MEANING,
    /** Cosine of the request and the tool's name. */
    NAME,
    /** The same of the piece that fits best. */
    PIECE_NAME,
    /** Cosine of the request and the beginning of the tool's description. */
    LEAD,
    /** The same of the piece that fits best. */
    PIECE_LEAD,
    /** What served the most similar requests seen before, as a logarithm. */
    EXAMPLES,
    /** The same of the piece that fits best. */
    PIECE_EXAMPLES,
    /** What a linear classifier of the requests seen before says, as a logarithm. */
    CLASSIFIER,
    /** The same of the piece that fits best. */
    PIECE_CLASSIFIER,
    /** How the request is worded beside those that the tool served before, as a logarithm. */
    WORDING,
    /** The same of the piece that fits best. */
    PIECE_WORDING;

    /** Its name in answers and files. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it needs requests seen before. */
    public boolean ofExamples() {
      return compareTo(EXAMPLES) >= 0;
    }
  }

  private final Map<Signal, Double> weights;

  private ToolWeights(Map<Signal, Double> weights) {
    this.weights = weights;
  }

  /** These weights; what is missing counts nothing. */
  public static ToolWeights of(Map<Signal, Double> weights) {
    Map<Signal, Double> all = new EnumMap<>(Signal.class);
    all.putAll(weights);
    return new ToolWeights(all);
  }

  /**
   * The weights shipped with this version, fitted by {@code ./consilium bench tools --fit} on the
   * training parts of recorded requests.
   */
  public static ToolWeights shipped() {
    try (var in = ToolWeights.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IllegalStateException(SHIPPED + " is missing from this build");
      }
      return of(Json.object(in.readAllBytes(), SHIPPED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ToolWeights of(ObjectNode json) {
    Map<Signal, Double> weights = new EnumMap<>(Signal.class);
    for (var signal : Signal.values()) {
      weights.put(signal, json.path(signal.word()).asDouble(0));
    }
    return of(weights);
  }

  /** The weight of a signal. */
  public double of(Signal signal) {
    return weights.getOrDefault(signal, 0.0);
  }

  /** As the resource holds them. */
  public ObjectNode json() {
    var json = Json.object();
    Arrays.stream(Signal.values())
        .forEach(signal -> json.put(signal.word(), Math.round(of(signal) * 1e4) / 1e4));
    return json;
  }
}
