package io.consilium.expert;

import tools.jackson.databind.JsonNode;

/** One piece of a message's content. */
public sealed interface Part {
  /** Plain text. */
  record Text(String text) implements Part {}

  /**
   * An image.
   *
   * @param url an http(s) or data URL
   * @param raw the part as it was sent
   */
  record Image(String url, JsonNode raw) implements Part {}

  /**
   * Anything else a caller may send (audio, files, types newer than this code), kept as it is.
   *
   * @param modality what an expert must understand to use it
   * @param raw the part as it was sent
   */
  record Other(Modality modality, JsonNode raw) implements Part {}
}
