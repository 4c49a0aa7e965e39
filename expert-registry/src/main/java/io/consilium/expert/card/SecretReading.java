package io.consilium.expert.card;

import io.consilium.expert.SecretRef;
import io.consilium.expert.secret.Secrets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How secrets are read where a card is written down. */
sealed interface SecretReading {
  /** What is wrong with a credential in a file. */
  String IN_CLEAR =
      "stands in clear: write ${ENVIRONMENT_VARIABLE} or file:PATH instead, and replace the"
          + " credential, as files are copied and shared";

  /** What is wrong with a reference inside another text. */
  String HALF =
      "holds a ${VARIABLE} inside other text: write ${VARIABLE} alone, or 'Bearer ${VARIABLE}'";

  /** From the store: references only. */
  record Stored() implements SecretReading {}

  /** From {@code experts.yaml}: references; a header that is no credential may stand in clear. */
  record File(Secrets secrets) implements SecretReading {}

  /**
   * From the API: references, or values in clear that are sealed at once; a secret sent back as it
   * was shown stays what it was.
   *
   * @param before the secret a field held before, or null
   */
  record Api(Secrets secrets, Function<String, @Nullable SecretRef> before)
      implements SecretReading {}

  /**
   * The secret in {@code node}, or null and a problem.
   *
   * @param field its place within the card, {@code key} or {@code headers/NAME}
   */
  default @Nullable SecretRef read(Reading card, String field, JsonNode node) {
    if (this instanceof Api api && node.isObject() && node.path("set").asBoolean(false)) {
      var before = api.before().apply(field);
      if (before == null) {
        card.wrong(field, "was not set before: give its value, or ${ENVIRONMENT_VARIABLE}");
      }
      return before;
    }
    if (!node.isString() || node.stringValue().isBlank()) {
      card.wrong(field, "must be a secret: ${ENVIRONMENT_VARIABLE} or file:PATH");
      return null;
    }
    var text = node.stringValue().strip();
    if (SecretRef.isReference(text)) {
      return new SecretRef(text);
    }
    return switch (this) {
      case Stored stored -> {
        card.wrong(field, "is no reference");
        yield null;
      }
      case Api api -> api.secrets().seal(text);
      case File file -> {
        var name = field.substring(field.lastIndexOf('/') + 1);
        if (text.contains("${")) {
          card.wrong(field, HALF);
          yield null;
        }
        if (!Reading.CONFIDENTIAL.matcher(name).matches()) {
          yield file.secrets().seal(text);
        }
        card.wrong(field, IN_CLEAR);
        yield null;
      }
    };
  }
}
