package io.consilium.expert.wire;

import io.consilium.expert.Answer;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Frame;
import io.consilium.expert.Json;
import io.consilium.expert.Message;
import io.consilium.expert.Parameters;
import io.consilium.expert.Question;
import io.consilium.expert.Role;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI embeddings. The vectors travel in the raw body; the answer's content is empty. */
public final class EmbeddingsWire {
  private EmbeddingsWire() {}

  /** Reads a request; every input text becomes one user turn. */
  public static Question question(ObjectNode body, Terms terms) {
    var model = Fields.required(body, "model", "model");
    var format = Fields.string(body, "encoding_format", "encoding_format");
    if (format != null && !format.equals("float") && !format.equals("base64")) {
      throw ExpertException.invalid(
          "encoding_format", "'encoding_format' must be float or base64, not " + format);
    }
    Fields.count(body, "dimensions", "dimensions");
    return new Question(
        Dialect.EMBEDDINGS,
        model,
        body,
        inputs(body).stream().map(text -> Message.of(Role.USER, text)).toList(),
        List.of(),
        Parameters.DEFAULT,
        terms);
  }

  private static List<String> inputs(ObjectNode body) {
    var input = Fields.node(body, "input");
    if (input != null && input.isString()) {
      return List.of(input.stringValue());
    }
    if (input == null || !input.isArray() || input.isEmpty()) {
      throw ExpertException.invalid("input", "'input' must be a string or an array of strings");
    }
    List<String> texts = new ArrayList<>(input.size());
    for (var text : input) {
      if (!text.isString()) {
        throw ExpertException.invalid(
            "input", "'input' must hold strings; token arrays are not supported");
      }
      texts.add(text.stringValue());
    }
    return texts;
  }

  /** The body to send upstream. */
  public static ObjectNode request(Question question, String model) {
    var copy = Json.object();
    question.body().properties().forEach(field -> copy.set(field.getKey(), field.getValue()));
    copy.put("model", model);
    copy.remove("consilium");
    return copy;
  }

  /**
   * Reads a reply without building its vectors: they travel on in the body as they came.
   *
   * @throws ExpertException {@code UPSTREAM_INVALID} when it is no list of embeddings
   */
  public static Answer answer(byte[] body, Question question) {
    boolean data = false;
    @Nullable Usage usage = null;
    try (var parser = Json.MAPPER.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw ChatReplies.invalid("is not a JSON object", body);
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = parser.currentName();
        var value = parser.nextToken();
        if (name.equals("data")) {
          data = value == JsonToken.START_ARRAY;
        }
        if (name.equals("usage") && value == JsonToken.START_OBJECT) {
          usage = ChatReplies.tokens(parser.readValueAsTree());
        } else {
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw ChatReplies.invalid("is not JSON", body);
    }
    if (!data) {
      throw ChatReplies.invalid("has no data array", body);
    }
    return answered(body, usage == null ? ChatReplies.estimate(question, 0) : usage);
  }

  /** Writes a reply in the encoding the question asked for. */
  public static Answer answer(Question question, List<float[]> vectors, String model, Usage usage) {
    var root = Json.object().put("object", "list").put("model", model);
    var data = root.putArray("data");
    boolean base64 = "base64".equals(question.body().path("encoding_format").asString(""));
    for (int i = 0; i < vectors.size(); i++) {
      var item = data.addObject().put("object", "embedding").put("index", i);
      if (base64) {
        item.put("embedding", base64(vectors.get(i)));
      } else {
        var numbers = item.putArray("embedding");
        for (float number : vectors.get(i)) {
          numbers.add(number);
        }
      }
    }
    root.putObject("usage").put("prompt_tokens", usage.input()).put("total_tokens", usage.input());
    return answered(Json.bytes(root), usage);
  }

  private static Answer answered(byte[] body, Usage usage) {
    return new Answer(
        List.of(),
        List.of(),
        FinishReason.STOP,
        null,
        null,
        null,
        usage,
        null,
        new Frame(Dialect.EMBEDDINGS, body),
        List.of());
  }

  /** Little-endian 32-bit floats, as OpenAI encodes them. */
  private static String base64(float[] vector) {
    var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
