package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL address as people write it.
 *
 * @param jdbc without credentials
 * @param user or null when the address names none
 * @param password or null
 */
record DatabaseUrl(String jdbc, @Nullable String user, @Nullable String password) {
  private static final Pattern PLAIN =
      Pattern.compile("postgres(?:ql)?://(?:([^/?#]*)@)?([^/?#@]+)(/[^?#]*)?(?:\\?([^#]*))?");
  private static final Pattern JDBC =
      Pattern.compile("jdbc:postgresql://(?:([^/?#]*)@)?([^/?#@]+)(/[^?#]*)?(?:\\?([^#]*))?");
  private static final Pattern HOSTS =
      Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[^:,\\[\\]]+)(?::\\d{1,5})?(?:,.+)?");

  /** Reads {@code CONSILIUM_DB_URL}; the failure says what is right and never shows the address. */
  static DatabaseUrl parse(String url) {
    var text = url.strip();
    var matcher = (text.startsWith("jdbc:") ? JDBC : PLAIN).matcher(text);
    if (!matcher.matches() || !HOSTS.matcher(matcher.group(2)).matches()) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "CONSILIUM_DB_URL is no PostgreSQL address: write"
              + " postgresql://USER:PASSWORD@HOST:5432/DATABASE or"
              + " jdbc:postgresql://HOST:5432/DATABASE?user=USER&password=PASSWORD (characters such"
              + " as @ : / in a password as %40 %3A %2F)");
    }
    return read(matcher);
  }

  private static DatabaseUrl read(Matcher url) {
    String user = null;
    String password = null;
    if (url.group(1) != null) {
      var colon = url.group(1).indexOf(':');
      user = decoded(colon < 0 ? url.group(1) : url.group(1).substring(0, colon));
      password = colon < 0 ? null : decoded(url.group(1).substring(colon + 1));
    }
    var rest = new StringBuilder();
    for (var parameter : url.group(4) == null ? new String[0] : url.group(4).split("&")) {
      if (parameter.startsWith("user=")) {
        user = decoded(parameter.substring("user=".length()));
      } else if (parameter.startsWith("password=")) {
        password = decoded(parameter.substring("password=".length()));
      } else if (!parameter.isBlank()) {
        rest.append(rest.isEmpty() ? '?' : '&').append(parameter);
      }
    }
    var path = url.group(3) == null ? "/" : url.group(3);
    return new DatabaseUrl(
        "jdbc:postgresql://" + url.group(2) + path + rest, blankAsNull(user), password);
  }

  private static @Nullable String blankAsNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "CONSILIUM_DB_URL holds a stray %: write a percent sign in user or password as %25");
    }
  }

  /** The address for people. */
  String shown() {
    return jdbc.substring("jdbc:".length()).replaceAll("\\?.*", "");
  }

  /** Without the password. */
  @Override
  public String toString() {
    return shown();
  }
}
