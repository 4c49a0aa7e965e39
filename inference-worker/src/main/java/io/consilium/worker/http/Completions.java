package io.consilium.worker.http;

import io.consilium.worker.engine.Engine;
import io.consilium.worker.engine.Fusion;
import io.consilium.worker.engine.Generation;
import io.consilium.worker.engine.Mix;
import io.consilium.worker.engine.WorkerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Chat completions, completions and embeddings. */
final class Completions {
  private final Engine engine;
  private final Wishes wishes;

  Completions(Engine engine) {
    this.engine = engine;
    wishes = new Wishes(engine);
  }

  void chat(Exchange exchange) throws InterruptedException {
    var body = exchange.body();
    answer(exchange, body, List.of(wishes.chat(body)), true);
  }

  void complete(Exchange exchange) throws InterruptedException {
    var body = exchange.body();
    if (body.path("echo").asBoolean(false)) {
      throw WorkerException.invalid("echo", "this worker does not repeat the prompt");
    }
    answer(exchange, body, wishes.prompts(body.path("prompt"), "prompt"), false);
  }

  private void answer(Exchange exchange, JsonNode body, List<int[]> prompts, boolean chat)
      throws InterruptedException {
    List<Generation.Wish> asked = new ArrayList<>();
    for (var prompt : prompts) {
      asked.addAll(Wishes.choices(wishes.wish(body, prompt, chat), Wishes.integer(body, "n", 1)));
    }
    var reply = new Reply(body, asked.getFirst(), chat);
    if (body.path("stream").asBoolean(false)) {
      if (asked.size() != 1) {
        throw WorkerException.invalid("n", "one answer can be streamed at a time");
      }
      stream(exchange, reply, asked.getFirst());
      return;
    }
    List<Generation> running = asked.stream().map(engine::begin).toList();
    try {
      exchange.answer(200, whole(reply, running));
    } finally {
      running.forEach(Generation::cancel);
    }
  }

  // --- all at once
  // ----------------------------------------------------------------------------------

  private ObjectNode whole(Reply reply, List<Generation> running) throws InterruptedException {
    var root = reply.frame(reply.chat ? "chat.completion" : "text_completion");
    var choices = root.putArray("choices");
    var promptTokens = 0;
    var tokens = 0;
    Generation.Cost cost = null;
    for (int i = 0; i < running.size(); i++) {
      var text = new StringBuilder();
      var logprobs = reply.logprobs();
      Generation.Done done = null;
      while (done == null) {
        switch (running.get(i).next()) {
          case Generation.Token token -> {
            text.append(token.text());
            reply.add(logprobs, token);
          }
          case Generation.Done end -> done = end;
          case Generation.Failed failed -> throw failed.why();
        }
      }
      text.append(done.rest());
      var choice = choices.addObject().put("index", i);
      if (reply.chat) {
        choice.putObject("message").put("role", "assistant").put("content", text.toString());
      } else {
        choice.put("text", text.toString());
      }
      if (reply.wish.topLogprobs() >= 0) {
        choice.set("logprobs", logprobs);
      }
      choice.put("finish_reason", done.reason());
      cost = done.cost();
      promptTokens += cost.promptTokens();
      tokens += cost.tokens();
    }
    root.set("usage", usage(promptTokens, tokens));
    if (cost != null) {
      root.set("timings", timings(cost));
    }
    return root;
  }

  // --- as it comes
  // ----------------------------------------------------------------------------------

  private void stream(Exchange exchange, Reply reply, Generation.Wish wish)
      throws InterruptedException {
    var generation = engine.begin(wish);
    try {
      // what fails before the first token fails with its own status
      var event = generation.next();
      if (event instanceof Generation.Failed failed) {
        throw failed.why();
      }
      try (var events = exchange.events()) {
        if (reply.chat) {
          events.send(reply.chunk(delta -> delta.put("role", "assistant").put("content", "")));
        }
        while (speak(reply, events, event)) {
          event = generation.next();
        }
      }
    } finally {
      generation.cancel();
    }
  }

  private boolean speak(Reply reply, Exchange.Events events, Generation.Event event) {
    switch (event) {
      case Generation.Token token -> {
        if (!token.text().isEmpty() || reply.wish.topLogprobs() >= 0) {
          events.send(reply.chunk(token));
        }
        return true;
      }
      case Generation.Done done -> {
        if (!done.rest().isEmpty()) {
          events.send(
              reply.chunk(delta -> delta.put(reply.chat ? "content" : "text", done.rest())));
        }
        var last = reply.frame(reply.chat ? "chat.completion.chunk" : "text_completion");
        var choice = last.putArray("choices").addObject().put("index", 0);
        if (reply.chat) {
          choice.putObject("delta");
        } else {
          choice.put("text", "");
        }
        choice.put("finish_reason", done.reason());
        last.set("timings", timings(done.cost()));
        events.send(last.toString());
        if (reply.usageWanted) {
          var counted = reply.frame(reply.chat ? "chat.completion.chunk" : "text_completion");
          counted.putArray("choices");
          counted.set("usage", usage(done.cost().promptTokens(), done.cost().tokens()));
          events.send(counted.toString());
        }
        events.send("[DONE]");
        return false;
      }
      case Generation.Failed failed -> {
        events.send(Exchange.error(failed.why()).toString());
        return false;
      }
    }
  }

  private static ObjectNode usage(int promptTokens, int tokens) {
    return Exchange.object()
        .put("prompt_tokens", promptTokens)
        .put("completion_tokens", tokens)
        .put("total_tokens", promptTokens + tokens);
  }

  private static ObjectNode timings(Generation.Cost cost) {
    return Exchange.object()
        .put("prompt_n", cost.promptTokens())
        .put("prompt_ms", cost.promptMillis())
        .put("predicted_n", cost.tokens())
        .put("predicted_ms", cost.millis())
        .put("switch_us", cost.switchMicros());
  }

  // --- embeddings
  // -----------------------------------------------------------------------------------

  void embed(Exchange exchange) throws InterruptedException {
    var body = exchange.body();
    engine.find(body.path("model").asString(engine.settings().name()));
    if (!body.path("encoding_format").asString("float").equals("float")) {
      throw WorkerException.invalid("encoding_format", "encoding_format is float here");
    }
    var root = Exchange.object().put("object", "list");
    var data = root.putArray("data");
    var tokens = 0;
    for (var text : wishes.prompts(body.path("input"), "input")) {
      tokens += text.length;
      var one = data.addObject().put("object", "embedding").put("index", data.size() - 1);
      var vector = one.putArray("embedding");
      for (var value : engine.embed(text)) {
        vector.add(value);
      }
    }
    root.put("model", engine.settings().name());
    root.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    exchange.answer(200, root);
  }

  // --- shapes
  // ---------------------------------------------------------------------------------------

  /** What all pieces of one answer share. */
  private final class Reply {
    private final String id;
    private final String model;
    private final Generation.Wish wish;
    private final boolean chat;
    private final boolean usageWanted;
    private final long created = System.currentTimeMillis() / 1000;

    Reply(JsonNode body, Generation.Wish wish, boolean chat) {
      this.wish = wish;
      this.chat = chat;
      id = (chat ? "chatcmpl-" : "cmpl-") + UUID.randomUUID();
      model = body.path("model").asString(engine.settings().name());
      usageWanted = body.path("stream_options").path("include_usage").asBoolean(false);
    }

    ObjectNode frame(String object) {
      var root =
          Exchange.object()
              .put("id", id)
              .put("object", object)
              .put("created", created)
              .put("model", model)
              .put("system_fingerprint", engine.natives());
      var worker = root.putObject("worker").put("model", engine.settings().name());
      if (wish.fusion().isEmpty()) {
        describe(worker, wish.mixes().getFirst());
      } else {
        worker.put(
            "fusion",
            switch (wish.fusion().get()) {
              case Fusion.LogLinear linear -> "log-linear";
              case Fusion.Contrast contrast -> "contrast";
            });
        var runs = worker.putArray("runs");
        wish.mixes().forEach(mix -> describe(runs.addObject(), mix));
      }
      return root;
    }

    private void describe(ObjectNode into, Mix mix) {
      if (!mix.model().equals(engine.settings().name())) {
        into.put("variant", mix.model());
      }
      engine
          .checkpoint(mix.model())
          .ifPresent(model -> {
            into.put("active_experts", model.activeExperts());
            model.file().quantisation().ifPresent(how -> into.put("quantisation", how));
          });
      var adapters = into.putArray("adapters");
      for (var weighted : mix.adapters()) {
        adapters
            .addObject()
            .put("id", weighted.adapter().id())
            .put("name", weighted.adapter().name())
            .put("scale", weighted.scale());
      }
    }

    String chunk(Consumer<ObjectNode> fill) {
      var root = frame(chat ? "chat.completion.chunk" : "text_completion");
      var choice = root.putArray("choices").addObject().put("index", 0);
      fill.accept(chat ? choice.putObject("delta") : choice);
      choice.putNull("finish_reason");
      return root.toString();
    }

    String chunk(Generation.Token token) {
      var root = frame(chat ? "chat.completion.chunk" : "text_completion");
      var choice = root.putArray("choices").addObject().put("index", 0);
      if (chat) {
        choice.putObject("delta").put("content", token.text());
      } else {
        choice.put("text", token.text());
      }
      if (wish.topLogprobs() >= 0) {
        var logprobs = logprobs();
        add(logprobs, token);
        choice.set("logprobs", logprobs);
      }
      choice.putNull("finish_reason");
      return root.toString();
    }

    ObjectNode logprobs() {
      var root = Exchange.object();
      if (chat) {
        root.putArray("content");
      } else {
        root.putArray("tokens");
        root.putArray("token_logprobs");
        root.putArray("top_logprobs");
        root.putArray("token_ids");
      }
      return root;
    }

    void add(ObjectNode logprobs, Generation.Token token) {
      if (wish.topLogprobs() < 0) {
        return;
      }
      if (chat) {
        var one = ((ArrayNode) logprobs.get("content")).addObject();
        fill(one, token.token(), token.logprob());
        var top = one.putArray("top_logprobs");
        token.top().forEach(other -> fill(top.addObject(), other.token(), other.logprob()));
      } else {
        ((ArrayNode) logprobs.get("tokens")).add(said(token.token()));
        ((ArrayNode) logprobs.get("token_logprobs")).add(token.logprob());
        ((ArrayNode) logprobs.get("token_ids")).add(token.token());
        var top = ((ArrayNode) logprobs.get("top_logprobs")).addObject();
        token.top().forEach(other -> top.put(said(other.token()), other.logprob()));
      }
    }

    private void fill(ObjectNode into, int token, double logprob) {
      var bytes = engine.piece(token);
      into.put("id", token)
          .put("token", new String(bytes, StandardCharsets.UTF_8))
          .put("logprob", logprob);
      var list = into.putArray("bytes");
      for (var b : bytes) {
        list.add(b & 0xff);
      }
    }

    private String said(int token) {
      return new String(engine.piece(token), StandardCharsets.UTF_8);
    }
  }
}
