package io.consilium.tools;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A message longer than the limit, of which only the beginning and the end were kept; enough to
 * tell the one call that waits for it.
 *
 * @param ends its beginning and its end, joined
 * @param limit the most bytes a message may have
 */
record CutMessage(String ends, int limit) {
  /** How much of each end is kept, in bytes. */
  static final int END_BYTES = 512;

  /** The error code given to a call whose result was larger than the limit. */
  static final int RESULT_TOO_LARGE = -32098;

  private static final String ID = "\"id\"\\s*:\\s*(\"[^\"]+\"|\\d+)";

  // of the message itself, not of something in it: no bracket lies between it and the outer brace
  private static final Pattern AT_BEGINNING = Pattern.compile("\\A\\s*\\{[^{}\\[\\]]*?" + ID);
  private static final Pattern AT_END = Pattern.compile(ID + "[^{}\\[\\]]*\\}\\s*\\z");

  /** The answer to the call in its place; empty when it cannot be told to which. */
  Optional<JSONRPCResponse> refusal() {
    return refusal(AT_BEGINNING).or(() -> refusal(AT_END));
  }

  /** The same, when the beginning alone tells to which. */
  Optional<JSONRPCResponse> refusalByBeginning() {
    return refusal(AT_BEGINNING);
  }

  private Optional<JSONRPCResponse> refusal(Pattern where) {
    var found = where.matcher(ends);
    if (!found.find()) {
      return Optional.empty();
    }
    var id = found.group(1);
    return Optional.of(
        JSONRPCResponse.error(
            id.startsWith("\"") ? id.substring(1, id.length() - 1) : Long.valueOf(id),
            new JSONRPCResponse.JSONRPCError(RESULT_TOO_LARGE, words(), Map.of())));
  }

  String words() {
    return "the result is larger than max_result_bytes = %d".formatted(limit);
  }
}
