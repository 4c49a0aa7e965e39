package io.consilium.aggregator.strategy;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The sentences of a text. */
final class Sentences {
  private static final Pattern END = Pattern.compile("(?<=[.!?。！？])\\s+|\\n+|(?<=[。！？])");

  private Sentences() {}

  static List<String> of(String text) {
    return Arrays.stream(END.split(text)).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }
}
