package io.consilium.orchestrator.mcp;

import static io.consilium.expert.ApiKey.Access.ADMIN;
import static io.consilium.expert.ApiKey.Access.OPERATOR;
import static io.consilium.expert.ApiKey.Access.USER;
import static io.consilium.expert.ApiKey.Access.VIEWER;

import io.consilium.expert.Answer;
import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.Decision;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Json;
import io.consilium.expert.Roster;
import io.consilium.orchestrator.Course;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.RegisteredTools;
import io.consilium.orchestrator.api.Asking;
import io.consilium.orchestrator.api.Explanation;
import io.consilium.orchestrator.api.FeedbackController;
import io.consilium.orchestrator.api.RecentDecisions;
import io.consilium.orchestrator.api.RequestMeters;
import io.consilium.orchestrator.security.Caller;
import io.consilium.tools.ToolSchema;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The tools agents may call. Whatever asks an expert is a decision on record like any other. */
public final class McpTools {
  private static final Set<Access> ASK = Set.of(ADMIN, OPERATOR, USER);
  private static final Set<Access> ALL = Set.of(ADMIN, OPERATOR, VIEWER, USER);
  private static final List<String> WISHES =
      List.of("policy", "budget_usd", "deadline_ms", "minimum", "pin", "exclude", "conversation");
  private static final int USUAL_TOOLS = 5;
  private static final int LONGEST_NAME = 64;

  private final Orchestrator orchestrator;
  private final Asking asking;
  private final RecentDecisions recent;
  private final FeedbackController feedback;
  private final RequestMeters meters;
  private final RegisteredTools registered;

  /**
   * Tools of one orchestrator.
   *
   * @param recent finds decisions
   * @param feedback keeps what agents say of answers
   * @param meters measures what is asked
   * @param registered are searched
   */
  public McpTools(
      Orchestrator orchestrator,
      Asking asking,
      RecentDecisions recent,
      FeedbackController feedback,
      RequestMeters meters,
      RegisteredTools registered) {
    this.orchestrator = orchestrator;
    this.asking = asking;
    this.recent = recent;
    this.feedback = feedback;
    this.meters = meters;
    this.registered = registered;
  }

  /** All of them, in the order they are listed: those of the service, then a classifier each. */
  List<McpTool> all(Roster roster) {
    var offer = Offer.shipped();
    List<McpTool> tools =
        new ArrayList<>(
            List.of(
                new McpTool(offer.tool("ask"), ASK, this::ask),
                new McpTool(offer.tool("route"), ALL, this::route),
                new McpTool(offer.tool("find_tools"), ALL, this::findTools),
                new McpTool(offer.tool("call_tool"), ASK, this::callTool),
                new McpTool(offer.tool("list_experts"), ALL, this::listExperts),
                new McpTool(offer.tool("explain_decision"), ALL, this::explainDecision),
                new McpTool(offer.tool("give_feedback"), ASK, this::giveFeedback)));
    Set<String> names = new HashSet<>();
    roster.cards().stream()
        .filter(card -> card.kind() instanceof ExpertKind.Classifier)
        .sorted(Comparator.comparing(ExpertCard::id))
        .forEach(card -> {
          var name = "classify_" + card.id().replaceAll("[^A-Za-z0-9_.-]", "_");
          if (name.length() <= LONGEST_NAME && names.add(name)) {
            tools.add(classifier(name, card));
          }
        });
    return tools;
  }

  private McpTool.Said ask(McpCall call, ObjectNode arguments) {
    var asked = answer(body(arguments), call);
    var answer = asked.answer();
    var said = Json.object();
    if (answer.refusal() == null) {
      said.put("answer", answer.text()).putNull("refusal");
    } else {
      said.putNull("answer").put("refusal", answer.refusal());
    }
    said.put("decision", asked.decision())
        .put("plan", asked.course().route().orElseThrow().plan().type());
    var experts = said.putArray("experts");
    asked.course().replies().stream()
        .map(reply -> reply.card().id())
        .distinct()
        .forEach(experts::add);
    said.put("usd", asked.course().usd()).put("ms", asked.course().millis());
    return McpTool.Said.of(
            answer.refusal() == null ? answer.text() : "No answer: " + answer.refusal(), said)
        .with(answer.content());
  }

  private McpTool.Said route(McpCall call, ObjectNode arguments) {
    var question = asking.question(body(arguments), call.caller());
    var decided = orchestrator.decide(question);
    return McpTool.Said.of(Explanation.of(question.terms().decision(), decided.route()));
  }

  private McpTool.Said findTools(McpCall call, ObjectNode arguments) {
    var roster = orchestrator.roster();
    var said = Json.object();
    var found = said.putArray("tools");
    for (var ranked :
        registered.rank(
            arguments.path("query").asString(),
            arguments.path("limit").asInt(USUAL_TOOLS),
            tool -> true)) {
      roster
          .find(ranked.found().tool().id())
          .map(Roster.Seat::card)
          .filter(card -> card.kind() instanceof ExpertKind.Tool)
          .ifPresent(card ->
              found
                  .addObject()
                  .put("name", card.id())
                  .put("description", card.description())
                  .put("p", ranked.p())
                  .set("arguments", ((ExpertKind.Tool) card.kind()).schema()));
    }
    return McpTool.Said.of(said);
  }

  private McpTool.Said callTool(McpCall call, ObjectNode arguments) {
    var name = arguments.path("name").asString();
    var roster = orchestrator.roster();
    var card =
        roster
            .find(name)
            .map(Roster.Seat::card)
            .filter(each -> each.kind() instanceof ExpertKind.Tool)
            .orElseThrow(() ->
                new ExpertException(
                    FailureKind.NOT_FOUND,
                    "there is no tool '%s'; near names: %s. 'find_tools' finds the right one"
                        .formatted(name, String.join(", ", nearTools(name, roster)))));
    var given = arguments.path("arguments");
    new ToolSchema(((ExpertKind.Tool) card.kind()).schema())
        .problem(given.isObject() ? given : Json.object())
        .ifPresent(wrong -> {
          throw ExpertException.invalid(
              "arguments", "these arguments do not fit the tool '%s': %s".formatted(name, wrong));
        });
    var asked = answer(chat(card.id(), given.toString()), call);
    var text = asked.answer().text();
    return McpTool.Said.of(text, Json.object().put("text", text).put("decision", asked.decision()))
        .with(asked.answer().content());
  }

  private static List<String> nearTools(String name, Roster roster) {
    return roster.near(name, 8).stream()
        .filter(id ->
            roster
                .find(id)
                .filter(seat -> seat.card().kind() instanceof ExpertKind.Tool)
                .isPresent())
        .limit(3)
        .toList();
  }

  private McpTool.Said listExperts(McpCall call, ObjectNode arguments) {
    var kind = arguments.path("kind").asString("");
    var said = Json.object();
    var experts = said.putArray("experts");
    orchestrator.roster().seats().stream()
        .filter(seat -> kind.isEmpty() || seat.card().kind().label().equals(kind))
        .sorted(Comparator.comparing(seat -> seat.card().id()))
        .forEach(seat ->
            experts
                .addObject()
                .put("id", seat.card().id())
                .put("kind", seat.card().kind().label())
                .put("description", seat.card().description())
                .put("state", seat.card().state().name().toLowerCase(Locale.ROOT))
                .put("health", seat.health().status().name().toLowerCase(Locale.ROOT)));
    return McpTool.Said.of(said);
  }

  private McpTool.Said explainDecision(McpCall call, ObjectNode arguments) {
    return McpTool.Said.of(decision(arguments.path("decision").asString(), call.caller()));
  }

  private McpTool.Said giveFeedback(McpCall call, ObjectNode arguments) {
    return McpTool.Said.of(feedback.keep(arguments, call.caller()));
  }

  /** A decision, for whoever may see it: users see those of their own tenant. */
  ObjectNode decision(String id, Caller caller) {
    Decision decision = recent.find(id);
    if (caller.access() == USER && !caller.tenant().equals(decision.tenant())) {
      throw new ExpertException(
              FailureKind.NOT_FOUND, "no decision '%s' is on record".formatted(id))
          .about("decision");
    }
    return Json.MAPPER.valueToTree(decision);
  }

  private McpTool classifier(String name, ExpertCard card) {
    var labels = ((ExpertKind.Classifier) card.kind()).labels();
    return new McpTool(
        McpSchema.Tool.builder(name, Offer.shipped().classifierInput())
            .title("Classify with " + card.id())
            .description(card.description())
            .outputSchema(Offer.map(classified(labels)))
            .annotations(
                McpSchema.ToolAnnotations.builder().readOnlyHint(true).openWorldHint(false).build())
            .build(),
        ASK,
        (call, arguments) -> classify(card, labels, call, arguments));
  }

  private static ObjectNode classified(List<String> labels) {
    var schema = Json.object().put("type", "object").put("additionalProperties", false);
    schema
        .putArray("required")
        .add("label")
        .add("probability")
        .add("probabilities")
        .add("decision");
    var properties = schema.putObject("properties");
    labels.forEach(properties.putObject("label").put("type", "string").putArray("enum")::add);
    properties.putObject("probability").putArray("type").add("number").add("null");
    properties
        .putObject("probabilities")
        .put("type", "object")
        .putObject("additionalProperties")
        .put("type", "number");
    properties.putObject("decision").put("type", "string");
    return schema;
  }

  private McpTool.Said classify(
      ExpertCard card, List<String> labels, McpCall call, ObjectNode arguments) {
    var body = chat(card.id(), arguments.path("text").asString());
    if (card.features().contains(Feature.STRUCTURED_OUTPUT)) {
      body.putObject("response_format").put("type", "json_object");
    }
    var asked = answer(body, call);
    var text = asked.answer().text();
    var object = object(text);
    var label = object == null ? label(text, labels) : object.path("label").asString("");
    if (!labels.contains(label)) {
      throw new ExpertException(
          FailureKind.UPSTREAM_INVALID,
          "%s answered with none of its labels: %s".formatted(card.id(), text));
    }
    var said = Json.object().put("label", label);
    var confidence = asked.answer().confidence();
    if (object != null && object.path("probability").isNumber()) {
      said.put("probability", object.path("probability").doubleValue());
    } else {
      said.put("probability", confidence);
    }
    var probabilities = said.putObject("probabilities");
    if (object != null) {
      object
          .path("probabilities")
          .propertyStream()
          .filter(each -> each.getValue().isNumber())
          .forEach(each -> probabilities.put(each.getKey(), each.getValue().doubleValue()));
    }
    return McpTool.Said.of(said.put("decision", asked.decision()));
  }

  private static @Nullable JsonNode object(String text) {
    try {
      var node = Json.MAPPER.readTree(text);
      return node.isObject() ? node : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** The longest label that a sentence begins with. */
  private static String label(String sentence, List<String> labels) {
    return labels.stream()
        .filter(sentence::startsWith)
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  /** An answer and what happened on its way. */
  private record Asked(Answer answer, Course course, String decision) {}

  private Asked answer(ObjectNode body, McpCall call) {
    var question = asking.question(body, call.caller());
    var course = new Course(System::nanoTime, System.nanoTime());
    try (var span = meters.span(question)) {
      try {
        call.progress().accept("deciding who answers");
        var answer = orchestrator.answer(question, course, told(call.progress()));
        meters.answered(question, course, span);
        return new Asked(answer, course, question.terms().decision());
      } catch (ExpertException failure) {
        meters.failed(question, course, failure, span);
        throw failure;
      }
    }
  }

  /** Pieces of an answer as progress: who is done, and that the answer has begun. */
  private static Consumer<Delta> told(Consumer<String> progress) {
    return new Consumer<>() {
      private boolean begun;

      @Override
      public void accept(Delta piece) {
        if (piece instanceof Delta.Progress done) {
          progress.accept(done.expert() + " " + done.message());
        } else if (!begun) {
          begun = true;
          progress.accept("the answer has begun");
        }
      }
    };
  }

  private static ObjectNode body(ObjectNode arguments) {
    var body = Json.object().put("model", arguments.path("model").asString("consilium/auto"));
    // streamed, so that it is heard how far it is
    body.put("stream", true);
    var messages = body.putArray("messages");
    if (arguments.has("instructions")) {
      messages
          .addObject()
          .put("role", "system")
          .put("content", arguments.path("instructions").asString());
    }
    messages.addObject().put("role", "user").put("content", arguments.path("question").asString());
    var wishes = Json.object();
    WISHES.stream().filter(arguments::has).forEach(wish -> wishes.set(wish, arguments.get(wish)));
    if (!wishes.isEmpty()) {
      body.set("consilium", wishes);
    }
    return body;
  }

  private static ObjectNode chat(String model, String text) {
    var body = Json.object().put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body;
  }
}
