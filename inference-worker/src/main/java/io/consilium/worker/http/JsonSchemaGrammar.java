package io.consilium.worker.http;

import io.consilium.worker.engine.WorkerException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A JSON schema as a GBNF grammar of compact JSON. Properties come in the schema's order; nothing
 * but the named ones may come. A keyword that the grammar would not keep is refused, not ignored.
 *
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md">GBNF</a>
 */
final class JsonSchemaGrammar {
  private static final Set<String> KNOWN =
      Set.of(
          "type",
          "properties",
          "required",
          "additionalProperties",
          "items",
          "minItems",
          "maxItems",
          "enum",
          "const",
          "anyOf",
          "oneOf",
          "$ref",
          "$defs",
          "definitions",
          "minLength",
          "maxLength",
          "format",
          "pattern");
  private static final Set<String> REMARKS =
      Set.of(
          "title",
          "description",
          "default",
          "examples",
          "$schema",
          "$id",
          "$comment",
          "deprecated",
          "readOnly",
          "writeOnly",
          "strict",
          "name");
  private static final Map<String, String> FORMATS =
      Map.of(
          "date",
          "\"\\\"\" [0-9]{4} \"-\" [01] [0-9] \"-\" [0-3] [0-9] \"\\\"\"",
          "date-time",
          "\"\\\"\" [0-9]{4} \"-\" [01] [0-9] \"-\" [0-3] [0-9] \"T\" [0-2] [0-9] \":\" [0-5] [0-9] \":\" [0-6] [0-9] \"Z\" \"\\\"\"");
  private static final String CHARACTER =
      "[^\"\\\\\\x7F\\x00-\\x1F] | \"\\\\\" ([\"\\\\bfnrt/] | \"u\" [0-9a-fA-F]{4})";
  private static final int DEEPEST = 64;

  private final JsonNode root;
  private final Map<String, String> rules = new LinkedHashMap<>();
  private final Map<String, String> references = new HashMap<>();
  private int depth;

  private JsonSchemaGrammar(JsonNode root) {
    this.root = root;
  }

  /**
   * The grammar.
   *
   * @throws WorkerException when the schema uses what a grammar cannot keep
   */
  static String of(JsonNode schema) {
    var grammar = new JsonSchemaGrammar(schema);
    grammar.rules.put("root", "");
    grammar.rules.put("root", grammar.visit(schema, "schema"));
    return grammar.rules.entrySet().stream()
        .map(rule -> rule.getKey() + " ::= " + rule.getValue())
        .collect(Collectors.joining("\n"));
  }

  /** Any JSON object: {@code response_format: json_object}. */
  static String anyObject() {
    var grammar =
        new JsonSchemaGrammar(tools.jackson.databind.node.JsonNodeFactory.instance.objectNode());
    var object = grammar.value("object");
    return "root ::= "
        + object
        + "\n"
        + grammar.rules.entrySet().stream()
            .map(rule -> rule.getKey() + " ::= " + rule.getValue())
            .collect(Collectors.joining("\n"));
  }

  private String visit(JsonNode schema, String at) {
    if (schema.isBoolean() && schema.asBoolean()) {
      return value("value");
    }
    if (!schema.isObject()) {
      throw bad(at, "must be an object");
    }
    if (depth++ > DEEPEST) {
      throw bad(at, "is nested too deeply");
    }
    try {
      for (var key : schema.propertyNames()) {
        if (!KNOWN.contains(key) && !REMARKS.contains(key)) {
          throw bad(at + "." + key, "is not supported by this worker's grammars; leave it out");
        }
      }
      if (schema.has("pattern")) {
        throw bad(at + ".pattern", "is not supported; send a grammar instead");
      }
      if (schema.has("$ref")) {
        return reference(schema.get("$ref").asString(""), at);
      }
      if (schema.has("const")) {
        return literal(schema.get("const").toString());
      }
      if (schema.has("enum")) {
        List<String> choices = new ArrayList<>();
        schema.get("enum").forEach(choice -> choices.add(literal(choice.toString())));
        return anyOf(choices, at + ".enum");
      }
      for (var key : List.of("anyOf", "oneOf")) {
        if (schema.has(key)) {
          List<String> choices = new ArrayList<>();
          for (var choice : schema.get(key)) {
            choices.add(visit(choice, at + "." + key));
          }
          return anyOf(choices, at + "." + key);
        }
      }
      var type = schema.path("type");
      if (type.isArray()) {
        List<String> choices = new ArrayList<>();
        type.forEach(one -> choices.add(typed(schema, one.asString(""), at)));
        return anyOf(choices, at + ".type");
      }
      if (type.isMissingNode()) {
        return schema.has("properties") ? typed(schema, "object", at) : value("value");
      }
      return typed(schema, type.asString(""), at);
    } finally {
      depth--;
    }
  }

  private String typed(JsonNode schema, String type, String at) {
    return switch (type) {
      case "object" -> schema.has("properties") ? object(schema, at) : value("object");
      case "array" -> array(schema, at);
      case "string" -> string(schema, at);
      case "number" -> value("number");
      case "integer" -> value("integer");
      case "boolean" -> "(\"true\" | \"false\")";
      case "null" -> "\"null\"";
      default -> throw bad(at + ".type", "'%s' is no JSON type".formatted(type));
    };
  }

  private String object(JsonNode schema, String at) {
    if (schema.path("additionalProperties").isObject()
        || schema.path("additionalProperties").asBoolean(false)) {
      throw bad(at + ".additionalProperties", "must be false: only named properties are written");
    }
    List<String> names = new ArrayList<>(schema.get("properties").propertyNames());
    Set<String> required = new java.util.HashSet<>();
    schema.path("required").forEach(name -> required.add(name.asString("")));
    if (!names.containsAll(required)) {
      throw bad(at + ".required", "names a property that properties does not");
    }
    // from the last to the first: what may come when nothing, or something, was written before
    var begun = "";
    var bare = "";
    for (int i = names.size() - 1; i >= 0; i--) {
      var name = names.get(i);
      var pair =
          literal(quoted(name))
              + " \":\" "
              + visit(schema.get("properties").get(name), at + "." + name);
      var kv = rule(pair);
      var nextBegun = "\",\" " + kv + " " + begun;
      var nextBare = kv + " " + begun;
      if (!required.contains(name)) {
        nextBegun = "(" + nextBegun + (begun.isBlank() ? ")?" : " | " + begun + ")");
        nextBare = "(" + nextBare + (bare.isBlank() ? ")?" : " | " + bare + ")");
      }
      begun = rule(nextBegun);
      bare = rule(nextBare);
    }
    return "\"{\" " + bare + " \"}\"";
  }

  private String array(JsonNode schema, String at) {
    var item =
        rule(schema.has("items") ? visit(schema.get("items"), at + ".items") : value("value"));
    int least = schema.path("minItems").asInt(0);
    int most = schema.path("maxItems").asInt(-1);
    if (most == 0) {
      return "\"[\" \"]\"";
    }
    var more =
        "(\",\" " + item + "){%d,%s}".formatted(Math.max(0, least - 1), most < 0 ? "" : most - 1);
    var some = item + " " + more;
    return "\"[\" " + (least == 0 ? "(" + some + ")?" : some) + " \"]\"";
  }

  private String string(JsonNode schema, String at) {
    var format = schema.path("format").asString("");
    if (!format.isEmpty()) {
      var known = FORMATS.get(format);
      if (known == null) {
        throw bad(
            at + ".format",
            "'%s' is not supported; there are %s".formatted(format, FORMATS.keySet()));
      }
      return known;
    }
    rules.putIfAbsent("char", CHARACTER);
    int least = schema.path("minLength").asInt(0);
    int most = schema.path("maxLength").asInt(-1);
    return "\"\\\"\" char{%d,%s} \"\\\"\"".formatted(least, most < 0 ? "" : most);
  }

  private String value(String name) {
    rules.putIfAbsent("char", CHARACTER);
    rules.putIfAbsent("string", "\"\\\"\" char* \"\\\"\"");
    rules.putIfAbsent("integer", "\"-\"? (\"0\" | [1-9] [0-9]{0,17})");
    rules.putIfAbsent("number", "integer (\".\" [0-9]{1,17})? ([eE] [-+]? [0-9]{1,3})?");
    rules.putIfAbsent("array", "\"[\" (value (\",\" value)*)? \"]\"");
    rules.putIfAbsent("object", "\"{\" (string \":\" value (\",\" string \":\" value)*)? \"}\"");
    rules.putIfAbsent(
        "value", "object | array | string | number | \"true\" | \"false\" | \"null\"");
    return name;
  }

  private String reference(String pointer, String at) {
    if (!pointer.startsWith("#")) {
      throw bad(at + ".$ref", "'%s' is outside this schema".formatted(pointer));
    }
    var known = references.get(pointer);
    if (known != null) {
      return known;
    }
    var target = pointer.equals("#") ? root : root.at(pointer.substring(1));
    if (target.isMissingNode()) {
      throw bad(at + ".$ref", "'%s' points to nothing".formatted(pointer));
    }
    var name = "ref" + references.size();
    references.put(pointer, name);
    rules.put(name, "");
    rules.put(name, visit(target, pointer));
    return name;
  }

  private String rule(String body) {
    var name = "r" + rules.size();
    rules.put(name, body);
    return name;
  }

  private static String anyOf(List<String> choices, String at) {
    if (choices.isEmpty()) {
      throw bad(at, "must list at least one");
    }
    return "(" + String.join(" | ", choices) + ")";
  }

  private static String quoted(String name) {
    return tools.jackson.databind.node.StringNode.valueOf(name).toString();
  }

  private static String literal(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  private static WorkerException bad(String at, String what) {
    return WorkerException.invalid("response_format", at + " " + what);
  }
}
