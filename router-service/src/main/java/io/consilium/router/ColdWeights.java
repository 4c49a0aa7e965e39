package io.consilium.router;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.IOException;
import java.util.List;

/**
 * The fitted numbers of the cold router; shipped as {@code cold-weights.json}, made by {@code bench
 * cold-routing --fit}.
 *
 * @param version names these numbers; part of the router's version
 * @param made how they were made, for people
 * @param embedder the space that likeness was fitted in; in another one it is not used
 * @param centroid likeness
 * @param skill words and tags
 * @param blend the two estimators' log-probabilities
 * @param spread standard deviation, from expert to expert, of the true log-odds about the stated
 *     ones
 * @param lapse how often certain forecasts are wrong
 */
public record ColdWeights(
    String version,
    String made,
    String embedder,
    ConditionalLogit centroid,
    ConditionalLogit skill,
    ConditionalLogit blend,
    double spread,
    Lapse lapse) {
  private static final String RESOURCE = "cold-weights.json";

  /** How many numbers these are. */
  public int numbers() {
    int numbers = 4;
    for (var logit : List.of(centroid, skill, blend)) {
      numbers += logit.expert().length + logit.nobody().length;
    }
    return numbers;
  }

  /** The same numbers with another lapse. */
  public ColdWeights with(Lapse other) {
    return new ColdWeights(version, made, embedder, centroid, skill, blend, spread, other);
  }

  /** The shipped numbers. */
  public static ColdWeights shipped() {
    try (var stream = ColdWeights.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IOException("it is not on the class path");
      }
      return Json.MAPPER.readValue(stream.readAllBytes(), ColdWeights.class);
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, RESOURCE + " cannot be read: " + e.getMessage(), e);
    }
  }
}
