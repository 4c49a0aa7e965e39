package io.consilium.adapters.openai;

import io.consilium.expert.ExpertException;
import io.consilium.expert.wire.ChatReplies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the bodies of replies, whole and no larger than allowed. */
final class Replies {
  private static final int ERROR_LIMIT = 64 << 10;

  private Replies() {}

  /** Throws the failure a reply stands for, unless its status is 200. */
  static void requireOk(ClassicHttpResponse reply, UpstreamFailures failures, Instant now)
      throws IOException {
    if (reply.getCode() != 200) {
      var in = content(reply);
      var body = in == null ? new byte[0] : in.readNBytes(ERROR_LIMIT);
      throw failures.status(reply.getCode(), reply, body, now);
    }
  }

  /** The whole body; reading it to its end gives the connection back. */
  static byte[] whole(ClassicHttpResponse reply, int limit, UpstreamFailures failures)
      throws IOException {
    var in = content(reply);
    if (in == null) {
      return new byte[0];
    }
    long length = reply.getEntity().getContentLength();
    if (length > limit) {
      throw failures.tooLarge(limit);
    }
    if (length >= 0) {
      var body = new byte[(int) length];
      int read = in.readNBytes(body, 0, body.length);
      in.read(); // meets the end
      return read == body.length ? body : Arrays.copyOf(body, read);
    }
    var body = new ByteArrayOutputStream(8192);
    var buffer = new byte[8192];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      if (body.size() + read > limit) {
        throw failures.tooLarge(limit);
      }
      body.write(buffer, 0, read);
    }
    return body.toByteArray();
  }

  /** Parses a body; an error object inside is thrown as what it stands for. */
  static JsonNode parsed(byte[] body, ClassicHttpResponse reply, UpstreamFailures failures) {
    JsonNode root;
    try {
      root = ChatReplies.tree(body);
    } catch (ExpertException notJson) {
      throw page(reply, body) ? failures.page(body) : notJson;
    }
    var error = root.get("error");
    if (error != null && !error.isNull() && !root.has("choices") && !root.has("data")) {
      throw failures.reported(error);
    }
    return root;
  }

  static boolean type(ClassicHttpResponse reply, String type) {
    var header = reply.getFirstHeader("Content-Type");
    return header != null
        && header.getValue() != null
        && header.getValue().toLowerCase(Locale.ROOT).startsWith(type);
  }

  private static boolean page(ClassicHttpResponse reply, byte[] body) {
    return type(reply, "text/html") || Excerpt.of(body).startsWith("<");
  }

  static @Nullable InputStream content(ClassicHttpResponse reply) throws IOException {
    HttpEntity entity = reply.getEntity();
    return entity == null ? null : entity.getContent();
  }
}
