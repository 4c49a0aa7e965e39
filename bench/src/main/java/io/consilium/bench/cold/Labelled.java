package io.consilium.bench.cold;

import io.consilium.expert.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A question and who answers it.
 *
 * @param text as typed
 * @param expert its label; {@code none} when nobody answers
 * @param right every expert that answers it; empty when nobody does
 */
record Labelled(String text, String expert, Set<String> right) {
  /** The share of the hash range a text falls into, 0 to 1; splits are made by it. */
  static double share(String text) {
    var normal = text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var hex = HexFormat.of().formatHex(digest.digest(normal.getBytes(StandardCharsets.UTF_8)));
      return Long.parseLong(hex.substring(0, 8), 16) / 4294967296.0;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Reads a resource of this package with one JSON object a line. */
  static List<Labelled> read(String resource) throws IOException {
    List<Labelled> all = new ArrayList<>();
    try (var reader = Resources.reader(resource)) {
      for (var line = next(reader); !line.isEmpty(); line = next(reader)) {
        var node = Json.object(line.getBytes(StandardCharsets.UTF_8), resource);
        var expert = node.path("expert").asString("");
        Set<String> right = new HashSet<>();
        if (!expert.equals("none")) {
          right.add(expert);
          node.path("also").forEach(also -> right.add(also.asString("")));
        }
        all.add(new Labelled(node.path("q").asString(""), expert, Set.copyOf(right)));
      }
    }
    return all;
  }

  private static String next(BufferedReader reader) throws IOException {
    var line = reader.readLine();
    return line == null ? "" : line;
  }
}
