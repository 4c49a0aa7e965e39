package io.consilium.expert;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which earlier answers may be given again instead of asking anybody; each allows more. */
public enum Caching {
  /** None, and the answer is not kept either. */
  OFF,
  /** The answer to the very same request. */
  EXACT,
  /** Also the answer to a question that was verified to ask the same in other words. */
  SEMANTIC;

  /** As it is written: {@code off}, {@code exact} or {@code semantic}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one written so. */
  public static Optional<Caching> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
  }

  /** All of them, as they are written. */
  public static List<String> words() {
    return Arrays.stream(values()).map(Caching::word).toList();
  }

  /** This, but no more than {@code most}. */
  public Caching atMost(Caching most) {
    return compareTo(most) <= 0 ? this : most;
  }
}
