package io.consilium.orchestrator.journal;

import io.consilium.expert.Decision;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Blots out what looks like a credential in failure messages, the only place of a decision where
 * words of an upstream server end up that nobody asked for: some servers quote the key they refuse.
 * Adapters keep keys out of their messages themselves; this is the last door.
 */
final class Scrub {
  private static final String BLOT = "***";

  /** Name, a word or two, separator, secret: {@code api_key=…}, {@code API key provided: …}. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?i)((?:authorization|(?:api|access|goog)[-_ ]?(?:api[-_ ]?)?key|[a-z_-]*(?:token|secret|password)|[?&]key)"
              + "(?:\\s+\\w+){0,2}[\"']?\\s*[:=]\\s*[\"']?(?:(?:bearer|basic)\\s+)?)([^\\s\"'&,;]{6,})");

  private static final Pattern BEARER = Pattern.compile("(?i)(\\bbearer\\s+)([^\\s\"'&,;]{16,})");

  /** {@code https://user:secret@host}. */
  private static final Pattern IN_ADDRESS = Pattern.compile("(://[^/\\s:@]*:)([^/\\s@]+)(?=@)");

  /** Keys that are known by their first letters: sk-…, gsk_…, hf_…, AIza…, AKIA… and our own. */
  private static final Pattern BY_FORM =
      Pattern.compile("\\b(sk-|pk-|gsk_|hf_|xai-|AIza|AKIA|ASIA|ghp_|csl[-_])[A-Za-z0-9._*-]{6,}");

  private Scrub() {}

  /** The decision without credentials in its failures. */
  static Decision failures(Decision decision) {
    boolean failed =
        decision.failure() != null
            || decision.replies().stream().anyMatch(told -> told.failure() != null)
            || decision.bought().stream().anyMatch(told -> told.failure() != null);
    if (!failed) {
      return decision;
    }
    return new Decision(
        decision.id(),
        decision.at(),
        decision.tenant(),
        decision.key(),
        decision.conversation(),
        decision.model(),
        decision.policy(),
        decision.question(),
        decision.profile(),
        decision.route(),
        decision.replies().stream().map(Scrub::told).toList(),
        decision.answer(),
        failure(decision.failure()),
        decision.usd(),
        decision.millis(),
        decision.overheadMillis(),
        decision.bought().stream().map(Scrub::told).toList(),
        decision.cached(),
        decision.notes(),
        decision.shown());
  }

  private static Decision.Told told(Decision.Told told) {
    return told.failure() == null
        ? told
        : new Decision.Told(
            told.expert(),
            told.version(),
            told.p(),
            told.millis(),
            told.usage(),
            told.usd(),
            failure(told.failure()),
            told.text());
  }

  private static Decision.@Nullable Failure failure(Decision.@Nullable Failure failure) {
    return failure == null ? null : new Decision.Failure(failure.kind(), text(failure.message()));
  }

  static String text(String message) {
    String named = NAMED.matcher(message).replaceAll("$1" + BLOT);
    String borne = BEARER.matcher(named).replaceAll("$1" + BLOT);
    String addressed = IN_ADDRESS.matcher(borne).replaceAll("$1" + BLOT);
    return BY_FORM.matcher(addressed).replaceAll("$1" + BLOT);
  }
}
