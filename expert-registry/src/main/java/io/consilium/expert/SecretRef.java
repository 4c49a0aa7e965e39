package io.consilium.expert;

import java.util.regex.Pattern;

/**
 * Where a secret is found; never the secret itself.
 *
 * @param reference {@code ${NAME}} for an environment variable (also {@code Bearer ${NAME}}, for
 *     headers), {@code file:PATH} for a file, or {@code sealed:BASE64} for a value encrypted under
 *     the service's own key
 */
public record SecretRef(String reference) {
  private static final Pattern FORMS =
      Pattern.compile(
          "(?:(?:Bearer|Basic|Token) )?\\$\\{[A-Za-z_][A-Za-z0-9_]*}"
              + "|file:.+|sealed:[A-Za-z0-9+/=_-]+");

  public SecretRef {
    if (!isReference(reference)) {
      throw ExpertException.invalid(
          "key", "write secrets as ${ENVIRONMENT_VARIABLE} or file:PATH, not in clear");
    }
  }

  /** Whether {@code text} has one of the forms of a reference. */
  public static boolean isReference(String text) {
    return FORMS.matcher(text).matches();
  }

  /** Hides sealed values; names of variables and files are no secret. */
  @Override
  public String toString() {
    return reference.startsWith("sealed:") ? "sealed:***" : reference;
  }
}
