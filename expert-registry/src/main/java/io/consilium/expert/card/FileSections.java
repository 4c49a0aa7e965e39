package io.consilium.expert.card;

import io.consilium.expert.Json;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Policy;
import io.consilium.expert.SecretRef;
import io.consilium.expert.secret.Secrets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the sections of {@code experts.yaml} beside the experts. */
final class FileSections {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** The name of the worker that the service starts itself. */
  private static final String LOCAL_WORKER = "local";

  private final Secrets secrets;
  private final OutboundRules rules;
  private final Path folder;

  FileSections(Secrets secrets, OutboundRules rules, Path folder) {
    this.secrets = secrets;
    this.rules = rules;
    this.folder = folder;
  }

  List<McpServer> servers(Reading file) {
    List<McpServer> servers = new ArrayList<>();
    for (var name : named(file, "mcp", "an MCP server").keySet()) {
      var section = file.object("mcp");
      var server = section == null ? null : section.object(name);
      if (server != null) {
        servers.add(server(name, server));
      }
    }
    return servers;
  }

  private McpServer server(String name, Reading server) {
    List<String> command = new ArrayList<>();
    var program = server.node("command");
    if (program != null && program.isArray()) {
      command.addAll(server.texts("command"));
    } else if (program != null) {
      command.add(server.text("command", ""));
    }
    command.addAll(server.texts("args"));
    var url = CardReader.url(server, rules);
    if (server.has("command") == server.has("url")) {
      server.problem("'%s' needs either 'command' or 'url'".formatted(name));
    } else if (server.has("url") && (server.has("args") || server.has("env"))) {
      server.problem("'args' and 'env' belong to a 'command', not to a 'url'");
    } else if (server.has("command") && server.has("headers")) {
      server.problem("'headers' belong to a 'url', not to a 'command'");
    }
    Map<String, SecretRef> headers = CardReader.headers(server, new SecretReading.File(secrets));
    Map<String, String> ids = new LinkedHashMap<>();
    server
        .entries("ids")
        .forEach((tool, id) -> {
          if (id.isString() && !id.stringValue().isBlank()) {
            ids.put(tool, id.stringValue().strip());
          } else {
            server.wrong("ids/" + tool, "must be an expert id");
          }
        });
    var pin = server.node("pin");
    if (pin != null && !pin.isBoolean()) {
      server.wrong("pin", "must be true or false");
    }
    var read =
        new McpServer(
            name,
            command,
            environment(server),
            url,
            headers,
            ids,
            pin != null && pin.asBoolean(false));
    server.finish();
    return read;
  }

  private Map<String, String> environment(Reading server) {
    Map<String, String> environment = new LinkedHashMap<>();
    server
        .entries("env")
        .forEach((name, node) -> {
          var text = node.isString() ? node.stringValue() : node.toString();
          if (node.isObject() || node.isArray()) {
            server.wrong("env/" + name, "must be a single value");
          } else if (Reading.CONFIDENTIAL.matcher(name).matches() && !SecretRef.isReference(text)) {
            server.wrong("env/" + name, SecretReading.IN_CLEAR);
          } else if (text.contains("${") && !SecretRef.isReference(text)) {
            server.wrong("env/" + name, SecretReading.HALF);
          } else {
            environment.put(name, text);
          }
        });
    return environment;
  }

  List<DocumentFolder> documents(Reading file) {
    List<DocumentFolder> folders = new ArrayList<>();
    var list = file.node("documents");
    if (list != null && !list.isArray()) {
      file.wrong("documents", "must be a list of folders");
      return folders;
    }
    for (int i = 0; list != null && i < list.size(); i++) {
      var element = list.get(i);
      var pointer = "/documents/" + i;
      if (element instanceof ObjectNode body) {
        var reading = new Reading(body, pointer, file.problems());
        folders.add(folder(reading));
      } else if (element.isString() && !element.stringValue().isBlank()) {
        var body = Json.object().put("folder", element.stringValue());
        folders.add(folder(new Reading(body, pointer, file.problems())));
      } else {
        file.wrong("documents/" + i, "must be a folder, or a map with 'folder'");
      }
    }
    return folders;
  }

  private DocumentFolder folder(Reading reading) {
    var text = reading.required("folder", "the folder of the documents");
    var path = folder.resolve(text).normalize();
    var name = path.getFileName() == null ? "documents" : path.getFileName().toString();
    if (!text.isEmpty() && !Files.isDirectory(path)) {
      reading.wrong("folder", "is no folder: " + path);
    }
    var read =
        new DocumentFolder(
            reading.text("id", name),
            path,
            reading.text("description", ""),
            CardReader.skills(reading));
    reading.finish();
    return read;
  }

  List<InferenceServer> workers(Reading file) {
    List<InferenceServer> workers = new ArrayList<>();
    for (var name : named(file, "workers", "a worker").keySet()) {
      var section = file.object("workers");
      var worker = section == null ? null : section.object(name);
      if (worker != null) {
        worker(name, worker).ifPresent(workers::add);
      }
    }
    return workers;
  }

  private Optional<InferenceServer> worker(String name, Reading worker) {
    var url = CardReader.url(worker, rules);
    if (!worker.has("url")) {
      worker.problem("'%s' needs 'url', such as http://localhost:8000".formatted(name));
    }
    var engine = worker.constant("engine", InferenceServer.Engine.class);
    if (!worker.has("engine")) {
      worker.problem("'%s' needs 'engine': vllm, sglang, llama-cpp or embedded".formatted(name));
    }
    if (name.equals(LOCAL_WORKER)) {
      worker.problem("'%s' names the worker that comes with Consilium".formatted(name));
    }
    var node = worker.node("key");
    var key = node == null ? null : new SecretReading.File(secrets).read(worker, "key", node);
    Map<String, InferenceServer.Said> said = new LinkedHashMap<>();
    for (var model : worker.entries("experts").keySet()) {
      var all = worker.object("experts");
      var one = all == null ? null : all.object(model);
      if (one != null) {
        said.put(
            model, new InferenceServer.Said(one.text("description", ""), CardReader.skills(one)));
        one.finish();
      }
    }
    worker.finish();
    return url == null || engine == null
        ? Optional.empty()
        : Optional.of(new InferenceServer(name, url, engine, key, said));
  }

  List<Policy> policies(Reading file) {
    List<Policy> policies = new ArrayList<>();
    for (var name : named(file, "policies", "a policy").keySet()) {
      var section = file.object("policies");
      var policy = section == null ? null : section.object(name);
      if (name.equals("auto")) {
        file.wrong("policies/auto", "is the name of the default: change 'balanced' instead");
      } else if (policy != null) {
        policies.add(policy(name, policy));
      }
    }
    return policies;
  }

  private static Policy policy(String name, Reading policy) {
    var like = policy.text("like", "balanced");
    var names = Policy.presets().stream().map(Policy::name).toList();
    var base =
        Policy.presets().stream()
            .filter(preset -> preset.name().equals(like))
            .findFirst()
            .orElse(Policy.BALANCED);
    if (!names.contains(like)) {
      policy.unknown("like", like, names);
    }
    var read =
        new Policy(
            name,
            policy.number("value", Double.MIN_NORMAL, Double.MAX_VALUE, base.value()),
            policy.number("price_weight", 0, Double.MAX_VALUE, base.priceWeight()),
            policy.number("second_usd", 0, Double.MAX_VALUE, base.secondUsd()),
            policy.number("minimum", 0, 1, base.minimum()),
            policy.texts("pin"),
            Set.copyOf(policy.texts("exclude")),
            policy.number("risk", Double.MIN_NORMAL, 1, base.risk()),
            policy.number("budget_usd", Double.MIN_NORMAL, Double.MAX_VALUE, base.budgetUsd()),
            CompositionReader.aggregator(policy, base.aggregator()));
    policy.finish();
    return read;
  }

  private static Map<String, JsonNode> named(Reading file, String section, String what) {
    var entries = file.entries(section);
    for (var name : entries.keySet()) {
      if (file.isEmpty(section, name)) {
        file.wrong(section + "/" + name, "is empty: say what it is, or remove it");
      }
      if (!NAME.matcher(name).matches()) {
        file.wrong(
            section + "/" + name,
            "is no name for %s: start with a letter or digit, then letters, digits, . _ -"
                .formatted(what));
      }
    }
    return entries;
  }
}
