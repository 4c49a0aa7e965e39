package io.consilium.router.ability;

import io.consilium.expert.ExpertCard;
import java.util.regex.Pattern;

/**
 * What a card tells of an ability before anything was measured.
 *
 * @param description its vector; empty when there is none
 * @param lineage the model or data it descends from; empty when unknown
 * @param logSize natural logarithm of billions of parameters; NaN when unknown
 */
public record CardTraits(float[] description, String lineage, double logSize) {
  /** "70B", "1.5b", "8x7B", not "3b2" or "v0.1". */
  private static final Pattern SIZE =
      Pattern.compile("(?<![\\w.])(?:(\\d{1,2})x)?(\\d{1,4}(?:\\.\\d+)?)\\s?[bB](?![a-zA-Z0-9])");

  /** Reads a card; the size is what its id or description says. */
  public static CardTraits of(ExpertCard card, float[] description) {
    var lineage = card.lineage();
    return new CardTraits(
        description, lineage == null ? "" : lineage, logSize(card.id() + " " + card.description()));
  }

  /** The logarithm of the first size that a name or description states; NaN without one. */
  public static double logSize(String text) {
    var matcher = SIZE.matcher(text.replace('-', ' ').replace('_', ' '));
    if (!matcher.find()) {
      return Double.NaN;
    }
    double size = Double.parseDouble(matcher.group(2));
    return Math.log(
        Math.max(
            1e-3, matcher.group(1) == null ? size : size * Integer.parseInt(matcher.group(1))));
  }
}
