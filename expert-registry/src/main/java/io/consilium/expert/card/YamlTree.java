package io.consilium.expert.card;

import io.consilium.expert.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.representer.Representer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A YAML document as a JSON tree that knows its lines. Plain scalars follow YAML 1.2's core schema:
 * {@code no} and {@code 1:30} are texts.
 */
final class YamlTree {
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,18}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?");
  private static final int MOST_NODES = 200_000;

  private final JsonNodeFactory nodes = Json.MAPPER.getNodeFactory();
  private final Map<String, Integer> lines = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final JsonNode root;
  private int count;

  private YamlTree(String text) {
    JsonNode read = nodes.objectNode();
    try {
      var options = new LoaderOptions();
      options.setMaxAliasesForCollections(50);
      var dumper = new DumperOptions();
      var node =
          new Yaml(new SafeConstructor(options), new Representer(dumper), dumper, options)
              .compose(new java.io.StringReader(text));
      if (node != null) {
        read = convert(node, "", 0);
      }
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark();
      lines.put("", mark == null ? 1 : mark.getLine() + 1);
      problems.add(
          new Problem(
              "",
              "is no valid YAML here: %s (texts with { } [ ] : # or leading %% @ ` need quotes)"
                  .formatted(String.valueOf(e.getProblem()).strip())));
    } catch (YAMLException e) {
      problems.add(new Problem("", "is no valid YAML: " + e.getMessage()));
    }
    root = read;
  }

  static YamlTree parse(String text) {
    return new YamlTree(text);
  }

  /** The document; an empty object when it is empty or no YAML. */
  JsonNode root() {
    return root;
  }

  /** What is wrong with the document as YAML. */
  List<Problem> problems() {
    return problems;
  }

  /** The line of a place, or of the nearest thing around it; from 1. */
  int line(String pointer) {
    for (var at = pointer; ; at = at.substring(0, at.lastIndexOf('/'))) {
      var line = lines.get(at);
      if (line != null) {
        return line;
      }
      if (at.isEmpty()) {
        return 1;
      }
    }
  }

  private JsonNode convert(Node node, String pointer, int depth) {
    if (++count > MOST_NODES || depth > 64) {
      throw new YAMLException("it is nested or repeated beyond reason");
    }
    lines.putIfAbsent(pointer, node.getStartMark().getLine() + 1);
    return switch (node) {
      case MappingNode mapping -> object(mapping, pointer, depth);
      case SequenceNode sequence -> {
        var array = nodes.arrayNode();
        for (var element : sequence.getValue()) {
          array.add(convert(element, pointer + "/" + array.size(), depth + 1));
        }
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new YAMLException("an unknown kind of node");
    };
  }

  private ObjectNode object(MappingNode mapping, String pointer, int depth) {
    var object = nodes.objectNode();
    for (var tuple : mapping.getValue()) {
      var line = tuple.getKeyNode().getStartMark().getLine() + 1;
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.add(new Problem(pointer, "keys must be plain texts"));
        continue;
      }
      var child = pointer + "/" + key.getValue();
      if (object.has(key.getValue())) {
        lines.put(child, line);
        problems.add(
            new Problem(
                child, "the key '%s' is given twice: remove one".formatted(key.getValue())));
        continue;
      }
      lines.put(child, line);
      object.set(key.getValue(), convert(tuple.getValueNode(), child, depth + 1));
    }
    return object;
  }

  private JsonNode scalar(ScalarNode scalar) {
    var text = scalar.getValue();
    if (!scalar.isPlain()) {
      return nodes.stringNode(text);
    }
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> nodes.nullNode();
      case "true", "True", "TRUE" -> nodes.booleanNode(true);
      case "false", "False", "FALSE" -> nodes.booleanNode(false);
      default -> {
        if (INTEGER.matcher(text).matches()) {
          var value = new BigInteger(text);
          yield value.bitLength() < 32
              ? nodes.numberNode(value.intValue())
              : nodes.numberNode(value.longValue());
        }
        yield NUMBER.matcher(text).matches()
            ? nodes.numberNode(new BigDecimal(text))
            : nodes.stringNode(text);
      }
    };
  }
}
