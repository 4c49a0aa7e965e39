package io.consilium.worker.http;

import io.consilium.worker.engine.Engine;
import io.consilium.worker.engine.Gguf;
import io.consilium.worker.engine.WorkerException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Models, adapters, sleep, tokens and meters, in the shapes of llama.cpp's server and vLLM. */
final class Control {
  private final Engine engine;

  Control(Engine engine) {
    this.engine = engine;
  }

  void health(Exchange exchange) {
    exchange.answer(200, Exchange.object().put("status", "ok"));
  }

  void models(Exchange exchange) {
    var root = Exchange.object().put("object", "list");
    var data = root.putArray("data");
    var base = engine.settings().name();
    for (var model : engine.checkpoints()) {
      var described = describe(data.addObject(), model);
      if (model.name().equals(base)) {
        say(described, model.file());
      } else {
        described.put("parent", base).put("kind", "variant");
      }
    }
    for (var state : engine.adapters()) {
      var adapter = data.addObject();
      adapter
          .put("id", state.adapter().name())
          .put("object", "model")
          .put("owned_by", "consilium-worker")
          .put("root", state.adapter().file().path().toString())
          .put("parent", base)
          .put("kind", "adapter")
          .put("max_model_len", engine.contextTokens())
          .put("resident", state.resident());
      say(adapter, state.adapter().file());
    }
    exchange.answer(200, root);
  }

  private ObjectNode describe(ObjectNode into, Engine.Checkpoint model) {
    var size = engine.size();
    into.put("id", model.name()).put("object", "model").put("owned_by", "consilium-worker");
    into.put("root", model.file().path().toString()).putNull("parent").put("kind", "base");
    into.put("max_model_len", engine.contextTokens());
    var meta = into.putObject("meta");
    meta.put("n_params", size[0])
        .put("size", model.file().weightBytes())
        .put("n_vocab", size[2])
        .put("n_embd", size[3]);
    meta.put("n_ctx", engine.contextTokens());
    meta.put("n_ctx_train", engine.file().setting("context_length").orElse(0L));
    meta.put("architecture", engine.file().architecture());
    meta.put("n_expert", engine.file().setting("expert_count").orElse(0L));
    meta.put("n_expert_used", model.activeExperts());
    model.file().quantisation().ifPresent(how -> meta.put("quantisation", how));
    return into;
  }

  /** What a file says of itself. */
  private static void say(ObjectNode into, Gguf file) {
    file.text("general.description").ifPresent(said -> into.put("description", said));
    var skills = file.text("consilium.skills").orElse("");
    if (!skills.isBlank()) {
      var list = into.putArray("skills");
      for (var skill : skills.split(";")) {
        list.add(skill.strip());
      }
    }
  }

  void adapters(Exchange exchange) {
    ArrayNode list = Exchange.JSON.createArrayNode();
    for (var state : engine.adapters()) {
      var adapter = state.adapter();
      list.addObject()
          .put("id", adapter.id())
          .put("name", adapter.name())
          .put("path", adapter.file().path().toString())
          .put("scale", 0.0)
          .put("task_name", adapter.file().text("adapter.lora.task_name").orElse(""))
          .put("prompt_prefix", adapter.file().text("adapter.lora.prompt_prefix").orElse(""))
          .put("resident", state.resident())
          .put("pinned", adapter.pinned());
    }
    exchange.answer(200, "application/json", list.toString());
  }

  void load(Exchange exchange) {
    var body = exchange.body();
    var name = body.path("lora_name").asString("");
    var path = body.path("lora_path").asString("");
    if (name.isEmpty() || path.isEmpty()) {
      throw WorkerException.invalid(
          name.isEmpty() ? "lora_name" : "lora_path", "both lora_name and lora_path are needed");
    }
    engine.load(name, file(path), body.path("pinned").asBoolean(false));
    exchange.answer(
        200, "text/plain", "Success: LoRA adapter '%s' added successfully.".formatted(name));
  }

  private static Path file(String path) {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw WorkerException.invalid("lora_path", "lora_path is no path: " + e.getReason());
    }
  }

  void unload(Exchange exchange) {
    var name = exchange.body().path("lora_name").asString("");
    if (name.isEmpty()) {
      throw WorkerException.invalid("lora_name", "lora_name is needed");
    }
    engine.unload(name);
    exchange.answer(
        200, "text/plain", "Success: LoRA adapter '%s' removed successfully.".formatted(name));
  }

  void sleep(Exchange exchange) {
    engine.sleep();
    exchange.answer(200, "text/plain", "");
  }

  void wake(Exchange exchange) {
    engine.wake();
    exchange.answer(200, "text/plain", "");
  }

  void asleep(Exchange exchange) {
    exchange.answer(200, Exchange.object().put("is_sleeping", engine.asleep()));
  }

  void properties(Exchange exchange) {
    var root = Exchange.object();
    root.putObject("default_generation_settings").put("n_ctx", engine.contextTokens());
    root.put("total_slots", engine.settings().lanes())
        .put("model_alias", engine.settings().name())
        .put("model_path", engine.file().path().toString())
        .put("chat_template", engine.file().text("tokenizer.chat_template").orElse(""))
        .put("build_info", engine.natives())
        .put("is_sleeping", engine.asleep())
        .put("worker", "consilium");
    exchange.answer(200, root);
  }

  void tokenize(Exchange exchange) {
    var body = exchange.body();
    var text = body.path(body.has("content") ? "content" : "prompt");
    if (!text.isString()) {
      throw WorkerException.invalid("content", "content is the text whose tokens are wanted");
    }
    var tokens = engine.tokenize(text.asString(), body.path("parse_special").asBoolean(false));
    var root = Exchange.object();
    var list = root.putArray("tokens");
    for (var token : tokens) {
      list.add(token);
    }
    exchange.answer(
        200, root.put("count", tokens.length).put("max_model_len", engine.contextTokens()));
  }

  void detokenize(Exchange exchange) {
    var tokens = Wishes.tokens(exchange.body().path("tokens"), "tokens");
    var most = engine.size()[2];
    for (var token : tokens) {
      if (token < 0 || token >= most) {
        throw WorkerException.invalid("tokens", "there is no token " + token);
      }
    }
    exchange.answer(200, Exchange.object().put("content", engine.text(tokens)));
  }

  void metrics(Exchange exchange) {
    var meters = engine.meters();
    var text = new StringBuilder();
    counter(text, "llamacpp:prompt_tokens_total", meters.promptTokens());
    counter(text, "llamacpp:prompt_seconds_total", meters.promptSeconds());
    counter(text, "llamacpp:tokens_predicted_total", meters.tokens());
    counter(text, "llamacpp:tokens_predicted_seconds_total", meters.seconds());
    gauge(text, "llamacpp:requests_processing", meters.running());
    gauge(text, "llamacpp:requests_deferred", meters.waiting());
    counter(text, "consilium_worker:adapter_switches_total", meters.adapterSwitches());
    counter(text, "consilium_worker:adapter_switch_seconds_total", meters.switchSeconds());
    counter(text, "consilium_worker:adapter_loads_total", meters.adapterLoads());
    counter(text, "consilium_worker:adapter_drops_total", meters.adapterDrops());
    gauge(
        text,
        "consilium_worker:adapters_resident",
        engine.adapters().stream().filter(Engine.AdapterState::resident).count());
    gauge(text, "consilium_worker:asleep", meters.asleep() ? 1 : 0);
    exchange.answer(200, "text/plain; version=0.0.4", text.toString());
  }

  private static void counter(StringBuilder text, String name, Number value) {
    meter(text, name, "counter", value);
  }

  private static void gauge(StringBuilder text, String name, Number value) {
    meter(text, name, "gauge", value);
  }

  private static void meter(StringBuilder text, String name, String type, Number value) {
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    text.append(name)
        .append(' ')
        .append(String.format(Locale.ROOT, "%.6f", value.doubleValue()))
        .append('\n');
  }
}
