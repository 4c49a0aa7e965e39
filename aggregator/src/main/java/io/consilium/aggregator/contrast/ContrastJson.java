package io.consilium.aggregator.contrast;

import io.consilium.expert.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of a contrast. Its shape is promised by {@link #schema()}: within a version fields may
 * be added, never renamed, retyped or left out.
 */
public final class ContrastJson {
  /** The version of the shape, which every contrast carries in its field {@code schema}. */
  public static final String VERSION = "consilium.contrast/1";

  private ContrastJson() {}

  /** The contrast as a JSON object. */
  public static ObjectNode tree(Contrast contrast) {
    var json = Json.object();
    json.put("schema", VERSION);
    json.put("plan", contrast.plan());
    json.put("aggregator", contrast.aggregator());
    json.put("agreement", contrast.agreement());
    var groups = json.putArray("groups");
    for (var group : contrast.groups()) {
      var each = groups.addObject();
      each.put("kind", group.kind()).put("answer", group.answer()).put("given", group.given());
      texts(each.putArray("experts"), group.experts());
    }
    var differences = json.putArray("differences");
    for (var difference : contrast.differences()) {
      var each = differences.addObject();
      texts(each.putArray("experts"), difference.experts());
      each.put("on", difference.on());
      texts(each.putArray("theirs"), difference.theirs());
      texts(each.putArray("ours"), difference.ours());
    }
    var contributions = json.putArray("contributions");
    for (var share : contrast.contributions()) {
      var each = contributions.addObject();
      each.put("expert", share.expert()).put("version", share.version()).put("what", share.what());
      texts(each.putArray("statements"), share.statements());
    }
    var dropped = json.putArray("dropped");
    for (var drop : contrast.dropped()) {
      dropped
          .addObject()
          .put("expert", drop.expert())
          .put("why", drop.why())
          .put("message", drop.message());
    }
    var replies = json.putArray("replies");
    for (var reply : contrast.replies()) {
      replies
          .addObject()
          .put("expert", reply.expert())
          .put("version", reply.version())
          .put("status", reply.status())
          .put("group", reply.group())
          .put("p", reply.p())
          .put("millis", reply.millis())
          .put("usd", reply.usd());
    }
    json.put("usd", contrast.usd());
    return json;
  }

  /** The JSON schema of {@link #tree}, draft 2020-12. */
  public static String schema() {
    try (var in = ContrastJson.class.getResourceAsStream("contrast-1.schema.json")) {
      if (in == null) {
        throw new IllegalStateException("contrast-1.schema.json is missing from this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void texts(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }
}
