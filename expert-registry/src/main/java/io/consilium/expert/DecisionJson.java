package io.consilium.expert;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * The JSON of a decision on record: what {@link Json#MAPPER} makes of it, but that a reply which is
 * the answer does not repeat it. Written field by field, since every request waits for it.
 */
final class DecisionJson {
  private static final int USUAL_SIZE = 2048;

  private DecisionJson() {}

  /** One line; newlines in texts are escaped, and so are halves of surrogate pairs. */
  static byte[] write(Decision decision) {
    var bytes = new ByteArrayOutputStream(USUAL_SIZE);
    try (var out = Json.MAPPER.createGenerator(bytes)) {
      write(decision, out);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #write} wrote, or the mapper.
   *
   * @throws tools.jackson.core.JacksonException when it is no decision
   */
  static Decision read(byte[] json) {
    return whole(Json.MAPPER.readValue(json, Decision.class));
  }

  /** The same from text. */
  static Decision read(String json) {
    return whole(Json.MAPPER.readValue(json, Decision.class));
  }

  private static Decision whole(Decision decision) {
    var answer = decision.answer();
    return answer == null
        ? decision
        : decision.with(decision.replies().stream().map(told -> saying(answer, told)).toList());
  }

  private static Decision.Told saying(String answer, Decision.Told told) {
    return told.text() == null && told.failure() == null
        ? new Decision.Told(
            told.expert(),
            told.version(),
            told.p(),
            told.millis(),
            told.usage(),
            told.usd(),
            null,
            answer)
        : told;
  }

  private static void write(Decision decision, JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("id", decision.id());
    out.writeStringProperty("at", decision.at().toString());
    out.writeStringProperty("tenant", decision.tenant());
    text("key", decision.key(), out);
    text("conversation", decision.conversation(), out);
    out.writeStringProperty("model", decision.model());
    out.writeStringProperty("policy", decision.policy());
    text("question", decision.question(), out);
    profile(decision.profile(), out);
    route(decision.route(), out);
    out.writeArrayPropertyStart("replies");
    for (var told : decision.replies()) {
      told(told, decision.answer(), out);
    }
    out.writeEndArray();
    text("answer", decision.answer(), out);
    failure(decision.failure(), out);
    out.writeNumberProperty("usd", decision.usd());
    out.writeNumberProperty("millis", decision.millis());
    out.writeNumberProperty("overheadMillis", decision.overheadMillis());
    out.writeArrayPropertyStart("bought");
    for (var told : decision.bought()) {
      told(told, null, out);
    }
    out.writeEndArray();
    cached(decision.cached(), out);
    out.writeArrayPropertyStart("notes");
    for (var noted : decision.notes()) {
      out.writeStartObject();
      out.writeStringProperty("note", noted.note());
      out.writeStringProperty("kind", noted.kind().name());
      out.writeNumberProperty("similarity", noted.similarity());
      out.writeNumberProperty("score", noted.score());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayPropertyStart("shown");
    for (var each : decision.shown()) {
      out.writeStartObject();
      out.writeStringProperty("to", each.to());
      out.writeStringProperty("from", each.from());
      out.writeNumberProperty("score", each.score());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void cached(Decision.@Nullable Cached cached, JsonGenerator out) {
    if (cached == null) {
      out.writeNullProperty("cached");
      return;
    }
    out.writeObjectPropertyStart("cached");
    out.writeStringProperty("how", cached.how().word());
    out.writeStringProperty("decision", cached.decision());
    out.writeStringProperty("at", cached.at().toString());
    out.writeNumberProperty("similarity", cached.similarity());
    out.writeNumberProperty("saved", cached.saved());
    out.writeEndObject();
  }

  private static void profile(Decision.Profile profile, JsonGenerator out) {
    out.writeObjectPropertyStart("profile");
    out.writeStringProperty("hash", profile.hash());
    out.writeNumberProperty("characters", profile.characters());
    out.writeNumberProperty("tokens", profile.tokens());
    texts("skills", profile.skills(), out);
    out.writeArrayPropertyStart("modalities");
    for (var modality : profile.modalities()) {
      out.writeString(modality.name());
    }
    out.writeEndArray();
    out.writeNumberProperty("tools", profile.tools());
    out.writeEndObject();
  }

  private static void route(Route route, JsonGenerator out) {
    out.writeObjectPropertyStart("route");
    out.writePOJOProperty("plan", route.plan());
    out.writeArrayPropertyStart("forecasts");
    for (var forecast : route.forecasts()) {
      forecast(forecast, out);
    }
    out.writeEndArray();
    out.writeArrayPropertyStart("excluded");
    for (var exclusion : route.excluded()) {
      out.writeStartObject();
      out.writeStringProperty("expert", exclusion.expert());
      out.writeStringProperty("reason", exclusion.reason());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeNumberProperty("propensity", route.propensity());
    out.writeNumberProperty("seed", route.seed());
    out.writeStringProperty("routerVersion", route.routerVersion());
    out.writeStringProperty("snapshot", route.snapshot());
    out.writeStringProperty("why", route.why());
    out.writeArrayPropertyStart("choices");
    for (var choice : route.choices()) {
      out.writeStartObject();
      out.writePOJOProperty("plan", choice.plan());
      out.writeNumberProperty("propensity", choice.propensity());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void forecast(Forecast forecast, JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("expert", forecast.expert());
    out.writeNumberProperty("p", forecast.p());
    out.writeNumberProperty("low", forecast.low());
    out.writeNumberProperty("high", forecast.high());
    out.writeNumberProperty("usd", forecast.usd());
    out.writeNumberProperty("millis", forecast.millis());
    out.writeArrayPropertyStart("why");
    for (var reason : forecast.why()) {
      out.writeStartObject();
      out.writeStringProperty("estimator", reason.estimator());
      out.writeNumberProperty("p", reason.p());
      out.writeNumberProperty("weight", reason.weight());
      out.writeStringProperty("note", reason.note());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void told(Decision.Told told, @Nullable String answer, JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("expert", told.expert());
    out.writeNumberProperty("version", told.version());
    var p = told.p();
    if (p == null) {
      out.writeNullProperty("p");
    } else {
      out.writeNumberProperty("p", p);
    }
    out.writeNumberProperty("millis", told.millis());
    usage(told.usage(), out);
    out.writeNumberProperty("usd", told.usd());
    failure(told.failure(), out);
    boolean repeats = told.failure() == null && told.text() != null && told.text().equals(answer);
    text("text", repeats ? null : told.text(), out);
    out.writeEndObject();
  }

  private static void usage(@Nullable Usage usage, JsonGenerator out) {
    if (usage == null) {
      out.writeNullProperty("usage");
      return;
    }
    out.writeObjectPropertyStart("usage");
    out.writeNumberProperty("input", usage.input());
    out.writeNumberProperty("output", usage.output());
    out.writeNumberProperty("cachedInput", usage.cachedInput());
    out.writeNumberProperty("reasoning", usage.reasoning());
    out.writeBooleanProperty("estimated", usage.estimated());
    out.writeEndObject();
  }

  private static void failure(Decision.@Nullable Failure failure, JsonGenerator out) {
    if (failure == null) {
      out.writeNullProperty("failure");
      return;
    }
    out.writeObjectPropertyStart("failure");
    out.writeStringProperty("kind", failure.kind().name());
    out.writeStringProperty("message", failure.message());
    out.writeEndObject();
  }

  private static void text(String name, @Nullable String text, JsonGenerator out) {
    if (text == null) {
      out.writeNullProperty(name);
    } else {
      out.writeStringProperty(name, text);
    }
  }

  private static void texts(String name, List<String> texts, JsonGenerator out) {
    out.writeArrayPropertyStart(name);
    for (var text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }
}
