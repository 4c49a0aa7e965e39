package io.consilium.router;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.IOException;

/**
 * The fitted numbers of the cold router; shipped as {@code cold-weights.json}, made by {@code bench
 * cold-routing --fit}.
 *
 * @param version names these numbers; part of the router's version
 * @param made how they were made, for people
 * @param centroid likeness and topics
 * @param skill tags and words
 * @param blend the two estimators' log-probabilities
 * @param spread standard deviation of the blended log-odds under refitting
 */
public record ColdWeights(
    String version,
    String made,
    ConditionalLogit centroid,
    ConditionalLogit skill,
    ConditionalLogit blend,
    double spread) {
  private static final String RESOURCE = "cold-weights.json";

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
