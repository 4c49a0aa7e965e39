package io.consilium.worker.http;

import io.consilium.worker.engine.Engine;
import io.consilium.worker.engine.Fusion;
import io.consilium.worker.engine.Generation;
import io.consilium.worker.engine.Mix;
import io.consilium.worker.engine.Sampling;
import io.consilium.worker.engine.WorkerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what a request body asks for. */
final class Wishes {
  private static final int DEFAULT_TOKENS = 256;
  private static final List<String> UNSUPPORTED =
      List.of("tools", "functions", "audio", "suffix", "best_of", "logit_bias", "prediction");

  private final Engine engine;

  Wishes(Engine engine) {
    this.engine = engine;
  }

  /** The prompt of a chat, as tokens. */
  int[] chat(JsonNode body) {
    var messages = body.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      throw WorkerException.invalid("messages", "messages must be a list of at least one message");
    }
    List<Map.Entry<String, String>> turns = new ArrayList<>();
    for (var message : messages) {
      var role = message.path("role").asString("");
      turns.add(
          switch (role) {
            case "system", "developer" -> Map.entry("system", text(message.path("content")));
            case "user", "assistant" -> Map.entry(role, text(message.path("content")));
            default ->
                throw WorkerException.invalid(
                    "messages",
                    "a message's role is system, developer, user or assistant here, not '%s'"
                        .formatted(role));
          });
    }
    return engine.chat(turns);
  }

  private static String text(JsonNode content) {
    if (content.isString()) {
      return content.asString();
    }
    if (!content.isArray()) {
      throw WorkerException.invalid("messages", "a message's content is a text or a list of parts");
    }
    var text = new StringBuilder();
    for (var part : content) {
      if (!part.path("type").asString("").equals("text") || !part.path("text").isString()) {
        throw WorkerException.invalid(
            "messages",
            "this worker reads parts of type text, not '%s'"
                .formatted(part.path("type").asString("")));
      }
      text.append(part.get("text").asString());
    }
    return text.toString();
  }

  /**
   * The prompts of a completion, as tokens: a text, a list of texts, of tokens or of such lists.
   */
  List<int[]> prompts(JsonNode prompt, String field) {
    if (prompt.isString()) {
      return List.of(engine.tokenize(prompt.asString(), false));
    }
    if (!prompt.isArray() || prompt.isEmpty()) {
      throw WorkerException.invalid(field, field + " is a text, a list of texts or of tokens");
    }
    if (prompt.get(0).isIntegralNumber()) {
      return List.of(tokens(prompt, field));
    }
    List<int[]> all = new ArrayList<>();
    for (var one : prompt) {
      all.add(one.isString() ? engine.tokenize(one.asString(), false) : tokens(one, field));
    }
    return all;
  }

  static int[] tokens(JsonNode list, String field) {
    var tokens = new int[list.size()];
    for (int i = 0; i < tokens.length; i++) {
      if (!list.get(i).isInt()) {
        throw WorkerException.invalid(field, field + " mixes tokens with something else");
      }
      tokens[i] = list.get(i).asInt();
    }
    return tokens;
  }

  /** All of it. */
  Generation.Wish wish(JsonNode body, int[] prompt, boolean chat) {
    for (var field : UNSUPPORTED) {
      if (body.hasNonNull(field) && !(body.get(field).isContainer() && body.get(field).isEmpty())) {
        throw WorkerException.invalid(field, "this worker does not support " + field);
      }
    }
    var fusion = fusion(body);
    return new Generation.Wish(
        prompt,
        fusion.isPresent() ? fusedMixes(body) : List.of(mix(body)),
        fusion,
        sampling(body),
        integer(
            body,
            body.hasNonNull("max_completion_tokens") ? "max_completion_tokens" : "max_tokens",
            DEFAULT_TOKENS),
        stops(body),
        grammar(body),
        topLogprobs(body, chat));
  }

  /** Who is asked: by name, or by a full list of adapter scales. */
  Mix mix(JsonNode body) {
    var named = engine.find(body.path("model").asString(engine.settings().name()));
    return body.hasNonNull("lora") ? new Mix(named.model(), weighted(body.get("lora"))) : named;
  }

  private List<Mix.Weighted> weighted(JsonNode list) {
    if (!list.isArray()) {
      throw WorkerException.invalid("lora", "lora is a list of {\"id\", \"scale\"}");
    }
    List<Mix.Weighted> all = new ArrayList<>();
    for (var one : list) {
      var adapter =
          one.path("id").isInt()
              ? engine.adapter(one.get("id").asInt())
              : engine
                  .adapter(one.path("name").asString(""))
                  .orElseThrow(() ->
                      WorkerException.notFound(
                          "lora",
                          "lora names no adapter that is there: %s; there are %s"
                              .formatted(
                                  one,
                                  engine.adapters().stream()
                                      .map(state -> state.adapter().name())
                                      .toList())));
      if (all.stream().anyMatch(other -> other.adapter().equals(adapter))) {
        throw WorkerException.invalid("lora", "lora names %s twice".formatted(adapter.name()));
      }
      var scale = one.path("scale");
      if (!scale.isNumber()) {
        throw WorkerException.invalid(
            "lora", "the scale of %s must be a number, not %s".formatted(adapter.name(), scale));
      }
      all.add(new Mix.Weighted(adapter, (float) scale.asDouble()));
    }
    return all;
  }

  private Optional<Fusion> fusion(JsonNode body) {
    if (!body.hasNonNull("fusion")) {
      return Optional.empty();
    }
    var fusion = body.get("fusion");
    var type = fusion.path("type").asString("");
    return Optional.of(
        switch (type) {
          case "log-linear" -> {
            var weights = new ArrayList<Double>();
            fusion.path("runs").forEach(run -> weights.add(run.path("weight").asDouble(1)));
            yield new Fusion.LogLinear(weights.stream().mapToDouble(Double::doubleValue).toArray());
          }
          case "contrast" ->
              new Fusion.Contrast(
                  fusion.path("beta").asDouble(0.5), fusion.path("alpha").asDouble(0.1));
          default ->
              throw WorkerException.invalid(
                  "fusion.type", "fusion is log-linear or contrast, not '%s'".formatted(type));
        });
  }

  private List<Mix> fusedMixes(JsonNode body) {
    var runs = body.get("fusion").path("runs");
    if (!runs.isArray() || runs.size() < 2 || runs.size() > 4) {
      throw WorkerException.invalid("fusion.runs", "fusion takes two to four runs");
    }
    List<Mix> mixes = new ArrayList<>();
    for (var run : runs) {
      mixes.add(mix(run));
    }
    return mixes;
  }

  private static Sampling sampling(JsonNode body) {
    return new Sampling(
        number(body, "temperature", 0),
        integer(body, "top_k", 0),
        number(body, "top_p", 1),
        number(body, "min_p", 0),
        number(body, "frequency_penalty", 0),
        number(body, "presence_penalty", 0),
        body.hasNonNull("seed") ? seed(body.get("seed")) : System.nanoTime());
  }

  private static long seed(JsonNode seed) {
    if (!seed.isIntegralNumber()) {
      throw WorkerException.invalid("seed", "seed must be a whole number, not " + seed);
    }
    return seed.asLong();
  }

  private static double number(JsonNode body, String field, double otherwise) {
    if (!body.hasNonNull(field)) {
      return otherwise;
    }
    if (!body.get(field).isNumber()) {
      throw WorkerException.invalid(
          field, "%s must be a number, not %s".formatted(field, body.get(field)));
    }
    return body.get(field).asDouble();
  }

  static int integer(JsonNode body, String field, int otherwise) {
    if (!body.hasNonNull(field)) {
      return otherwise;
    }
    if (!body.get(field).isInt()) {
      throw WorkerException.invalid(
          field, "%s must be a whole number, not %s".formatted(field, body.get(field)));
    }
    return body.get(field).asInt();
  }

  private static List<String> stops(JsonNode body) {
    if (!body.hasNonNull("stop")) {
      return List.of();
    }
    var stop = body.get("stop");
    List<String> all = new ArrayList<>();
    if (stop.isString()) {
      all.add(stop.asString());
    } else {
      stop.forEach(one -> all.add(one.asString("")));
    }
    if (all.size() > 16 || all.stream().anyMatch(String::isEmpty)) {
      throw WorkerException.invalid("stop", "stop is a text or a list of at most 16, none empty");
    }
    return all;
  }

  private static @Nullable String grammar(JsonNode body) {
    var format = body.path("response_format");
    var asked = format.path("type").asString("text");
    if (body.hasNonNull("grammar")) {
      if (!asked.equals("text")) {
        throw WorkerException.invalid("grammar", "send a grammar or a response_format, not both");
      }
      if (!body.get("grammar").isString()) {
        throw WorkerException.invalid("grammar", "grammar is a text in GBNF");
      }
      return body.get("grammar").asString();
    }
    return switch (asked) {
      case "text" -> null;
      case "json_object" ->
          format.hasNonNull("schema")
              ? JsonSchemaGrammar.of(format.get("schema"))
              : JsonSchemaGrammar.anyObject();
      case "json_schema" -> JsonSchemaGrammar.of(format.path("json_schema").path("schema"));
      default ->
          throw WorkerException.invalid(
              "response_format",
              "response_format is text, json_object or json_schema, not '%s'".formatted(asked));
    };
  }

  private static int topLogprobs(JsonNode body, boolean chat) {
    if (chat) {
      return body.path("logprobs").asBoolean(false) ? integer(body, "top_logprobs", 0) : -1;
    }
    return body.hasNonNull("logprobs") ? integer(body, "logprobs", 0) : -1;
  }

  /** Seeds for several choices of one request. */
  static List<Generation.Wish> choices(Generation.Wish wish, int n) {
    if (n < 1 || n > 16) {
      throw WorkerException.invalid("n", "n lies between 1 and 16, not " + n);
    }
    return IntStream.range(0, n)
        .mapToObj(i ->
            new Generation.Wish(
                wish.prompt(),
                wish.mixes(),
                wish.fusion(),
                wish.sampling().withSeed(wish.sampling().seed() + i),
                wish.maxTokens(),
                wish.stops(),
                wish.grammar(),
                wish.topLogprobs()))
        .toList();
  }
}
