package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Reads ids out of paths; an id may hold slashes. */
final class Paths {
  private Paths() {}

  /** What follows {@code prefix} and a slash, decoded. */
  static String below(String prefix, HttpServletRequest request) {
    var raw = request.getRequestURI().substring(prefix.length() + 1);
    try {
      // a plus is a plus in a path
      return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ExpertException.invalid("id", "the id in the path is not properly percent-encoded");
    }
  }
}
