package io.consilium.adapters.worker;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.SecretRef;
import io.consilium.expert.card.InferenceServer;
import io.consilium.expert.card.InferenceServer.Engine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The control plane of an inference engine: what it serves, its adapters, its load, its sleep. One
 * client for all engines; they differ in paths and in what they {@linkplain #abilities() can do},
 * and asking for what an engine cannot do is {@link FailureKind#UNSUPPORTED}.
 *
 * <p>Questions go to the engine through {@code OpenAiExpert}, not through here. Blocking; for
 * virtual threads.
 */
public final class WorkerClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration CHANGE = Duration.ofMinutes(5);
  private static final int MOST_TOLD = 300;

  private final InferenceServer server;
  private final Function<SecretRef, String> secrets;
  private final OutboundRules rules;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  /**
   * @param secrets turns the server's key reference into the key
   * @param rules which addresses may be called
   */
  public WorkerClient(
      InferenceServer server, Function<SecretRef, String> secrets, OutboundRules rules) {
    this.server = server;
    this.secrets = secrets;
    this.rules = rules;
  }

  /** The engine it speaks to. */
  public InferenceServer server() {
    return server;
  }

  /** What the engine can do. */
  public Set<WorkerAbility> abilities() {
    return WorkerAbility.of(server.engine());
  }

  /** Base models, variants and adapters, as the engine lists them. */
  public List<WorkerModel> models() {
    var root = json(look("/v1/models"), "/v1/models");
    if (!root.path("data").isArray()) {
      throw noWorker("it lists no models at /v1/models");
    }
    List<WorkerModel> models = new ArrayList<>();
    for (var model : root.path("data")) {
      if (!model.path("id").asString("").isEmpty()) {
        models.add(read(model));
      }
    }
    if (server.engine() == Engine.LLAMA_CPP && !models.isEmpty()) {
      var base = models.getFirst();
      for (var adapter : json(look("/lora-adapters"), "/lora-adapters")) {
        models.add(slotted(adapter, base));
      }
    }
    return models;
  }

  private static WorkerModel read(JsonNode model) {
    var parent = model.path("parent").asString("");
    var kind =
        switch (model.path("kind").asString("")) {
          case "variant" -> WorkerModel.Kind.VARIANT;
          case "adapter" -> WorkerModel.Kind.ADAPTER;
          default -> parent.isEmpty() ? WorkerModel.Kind.BASE : WorkerModel.Kind.ADAPTER;
        };
    List<String> skills = new ArrayList<>();
    model.path("skills").forEach(skill -> skills.add(skill.asString("")));
    var meta = model.path("meta");
    return new WorkerModel(
        model.path("id").asString(""),
        kind,
        parent.isEmpty() ? null : parent,
        Math.max(model.path("max_model_len").asInt(0), meta.path("n_ctx").asInt(0)),
        meta.path("n_expert_used").asInt(0),
        meta.path("quantisation").asString(""),
        model.path("resident").asBoolean(true),
        -1,
        model.path("description").asString(""),
        skills);
  }

  /** llama.cpp names adapters by number and file. */
  private static WorkerModel slotted(JsonNode adapter, WorkerModel base) {
    var path = adapter.path("path").asString("");
    var file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    var name =
        file.toLowerCase(Locale.ROOT).endsWith(".gguf")
            ? file.substring(0, file.length() - ".gguf".length())
            : file;
    return new WorkerModel(
        name.isEmpty() ? "adapter-" + adapter.path("id").asInt() : name,
        WorkerModel.Kind.ADAPTER,
        base.name(),
        base.contextWindow(),
        base.activeExperts(),
        base.quantisation(),
        true,
        adapter.path("id").asInt(),
        "",
        List.of());
  }

  /** How busy it is. */
  public WorkerLoad load() {
    return WorkerLoad.of(look("/metrics"));
  }

  /**
   * Loads an adapter.
   *
   * @param path where the <em>worker</em> finds it
   * @param pinned whether it stays in memory whatever else is asked for, where the engine can
   */
  public void load(String adapter, String path, boolean pinned) {
    require(WorkerAbility.ADAPTER_LOADING, "load adapters while it runs");
    var body = Json.object().put("lora_name", adapter).put("lora_path", path);
    if (server.engine() != Engine.VLLM) {
      body.put("pinned", pinned);
    }
    success(change(adapterPath("load"), body.toString()));
  }

  /** Takes an adapter away. */
  public void unload(String adapter) {
    require(WorkerAbility.ADAPTER_LOADING, "unload adapters while it runs");
    success(change(adapterPath("unload"), Json.object().put("lora_name", adapter).toString()));
  }

  private String adapterPath(String verb) {
    return (server.engine() == Engine.SGLANG ? "/" : "/v1/") + verb + "_lora_adapter";
  }

  /** SGLang reports failures in a body of status 200. */
  private void success(String body) {
    if (server.engine() == Engine.SGLANG) {
      var root = json(body, "the adapter's change");
      if (!root.path("success").asBoolean(false)) {
        throw new ExpertException(
            FailureKind.UPSTREAM_REJECTED,
            "the worker %s refused: %s"
                .formatted(server.name(), root.path("error_message").asString("no reason given")));
      }
    }
  }

  /** Has a model generate one token, after which it is in memory whatever the engine. */
  public void touch(WorkerModel model) {
    var body =
        Json.object()
            .put("model", asked(server.engine(), model, model.base()))
            .put("prompt", ".")
            .put("max_tokens", 1);
    change("/v1/completions", body.toString());
  }

  /** Gives its memory back. */
  public void sleep() {
    require(WorkerAbility.SLEEP, "sleep");
    change(
        server.engine() == Engine.SGLANG ? "/release_memory_occupation" : "/sleep?level=1", "{}");
  }

  /** Takes its memory again. */
  public void wake() {
    require(WorkerAbility.SLEEP, "sleep");
    change(server.engine() == Engine.SGLANG ? "/resume_memory_occupation" : "/wake_up", "{}");
  }

  /** Whether it sleeps; false where the engine does not say. */
  public boolean asleep() {
    return switch (server.engine()) {
      case VLLM -> {
        try {
          yield json(look("/is_sleeping"), "/is_sleeping").path("is_sleeping").asBoolean(false);
        } catch (ExpertException e) {
          if (e.kind() == FailureKind.CONFIGURATION || e.kind() == FailureKind.NOT_FOUND) {
            yield false; // only with VLLM_SERVER_DEV_MODE=1 does it say
          }
          throw e;
        }
      }
      case EMBEDDED ->
          json(look("/is_sleeping"), "/is_sleeping").path("is_sleeping").asBoolean(false);
      case SGLANG, LLAMA_CPP -> false;
    };
  }

  private void require(WorkerAbility ability, String what) {
    if (!abilities().contains(ability)) {
      throw new ExpertException(
          FailureKind.UNSUPPORTED,
          "the worker %s cannot %s: it is %s"
              .formatted(server.name(), what, server.engine().title()));
    }
  }

  // --- the wire ---------------------------------------------------------------------------------

  private String look(String path) {
    return send(request(path, LOOK).GET().build(), path);
  }

  private String change(String path, String body) {
    return send(
        request(path, CHANGE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        path);
  }

  private HttpRequest.Builder request(String path, Duration patience) {
    rules.check(server.url());
    var request = HttpRequest.newBuilder(at(path)).timeout(patience);
    var key = server.key();
    return key == null
        ? request
        : request.header("Authorization", "Bearer " + secrets.apply(key).strip());
  }

  private URI at(String path) {
    return URI.create(base(server.url()) + path);
  }

  /** The base address without a version path, whichever way it was written. */
  static String base(URI url) {
    var text = url.toString();
    text = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    return text.endsWith("/v1") ? text.substring(0, text.length() - 3) : text;
  }

  private String send(HttpRequest request, String path) {
    try {
      var response = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
      int status = response.statusCode();
      if (status / 100 == 2) {
        return response.body();
      }
      throw refused(status, path, response.body());
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.UNAVAILABLE,
          "the worker %s does not answer at %s: %s".formatted(server.name(), server.url(), e),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "interrupted", e);
    }
  }

  private ExpertException refused(int status, String path, String body) {
    var said = "the worker %s answered %d: %s".formatted(server.name(), status, message(body));
    return switch (status) {
      case 401, 403 ->
          status == 401 || server.key() == null
              ? new ExpertException(
                  FailureKind.UPSTREAM_AUTH,
                  said + " Set its 'key' in experts.yaml to the one it was started with.")
              : new ExpertException(FailureKind.UPSTREAM_REJECTED, said);
      case 404, 405, 501 ->
          path.endsWith("_lora_adapter") && message(body).contains("lora")
              ? new ExpertException(FailureKind.NOT_FOUND, said)
              : new ExpertException(
                  path.endsWith("_lora_adapter")
                      ? FailureKind.NOT_FOUND
                      : FailureKind.CONFIGURATION,
                  said
                      + " Is '%s' what runs there, and was it started with what %s needs?"
                          .formatted(server.engine().title(), path));
      case 429 -> new ExpertException(FailureKind.RATE_LIMITED, said);
      default ->
          new ExpertException(
              status >= 500 ? FailureKind.UNAVAILABLE : FailureKind.UPSTREAM_REJECTED, said);
    };
  }

  private static String message(String body) {
    try {
      var root = Json.MAPPER.readTree(body);
      for (var place : List.of("/error/message", "/message", "/detail", "/error_message")) {
        var said = root.at(place).asString("");
        if (!said.isEmpty()) {
          return said;
        }
      }
    } catch (JacksonException e) {
      // a text then
    }
    var text = body.strip();
    return text.length() > MOST_TOLD ? text.substring(0, MOST_TOLD) + "…" : text;
  }

  private JsonNode json(String body, String what) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (JacksonException e) {
      throw noWorker("%s is no JSON".formatted(what));
    }
  }

  private ExpertException noWorker(String why) {
    return new ExpertException(
        FailureKind.CONFIGURATION,
        "%s is no %s: %s. Correct 'url' or 'engine' of the worker %s"
            .formatted(server.url(), server.engine().title(), why, server.name()));
  }

  /** The name of an expert's model on the wire. */
  static String asked(Engine engine, WorkerModel model, @Nullable String base) {
    return switch (engine) {
      case SGLANG ->
          model.kind() == WorkerModel.Kind.ADAPTER && base != null
              ? base + ":" + model.name()
              : model.name();
      case LLAMA_CPP ->
          model.kind() == WorkerModel.Kind.ADAPTER && base != null ? base : model.name();
      case VLLM, EMBEDDED -> model.name();
    };
  }

  @Override
  public void close() {
    http.close();
  }
}
