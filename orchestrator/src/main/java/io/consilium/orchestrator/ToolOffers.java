package io.consilium.orchestrator;

import io.consilium.expert.Decision;
import io.consilium.expert.Dialect;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Feedback;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Usage;
import io.consilium.tools.ToolLoopExpert;
import io.consilium.tools.ToolNeed;
import io.consilium.tools.retrieval.FoundTool;
import io.consilium.tools.retrieval.ToolExample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;

/**
 * Decides which registered tools a language model may call while it answers a question.
 *
 * <p>What the caller wishes comes first: {@code consilium.tools} is {@code "none"}, {@code "any"}
 * (whatever is found), or a list of servers and tool ids. Without a wish, or with {@code "auto"},
 * the record decides ({@link ToolNeed}), and a model asked for by its own name gets none: who names
 * a model wants that model as it is. Tools that the caller or the policy excludes are never
 * offered.
 */
public final class ToolOffers {
  /** How many tools are shown to a model. */
  private static final int OFFERED = 5;

  /** The tokens that a turn with tools costs more: their schemas, and their results. */
  private static final Usage MORE = new Usage(1_500, 150, 0, 0, true);

  private final RegisteredTools tools;
  private final ToolNeed need;
  private final LongSupplier nanos;

  /** Offers of these tools; {@code nanos} is a monotonic clock in nanoseconds. */
  public ToolOffers(RegisteredTools tools, ToolNeed need, LongSupplier nanos) {
    this.tools = tools;
    this.need = need;
    this.nanos = nanos;
  }

  /** The expert with the tools it may use; {@code heard} is told of every call of one. */
  Expert around(Expert expert, Question question, Consumer<Reply> heard) {
    var offered = offered(expert.card(), question);
    return offered.isEmpty() ? expert : new ToolLoopExpert(expert, tools, offered, heard, nanos);
  }

  private List<FoundTool> offered(ExpertCard card, Question question) {
    var wish = question.body().path("consilium").path("tools");
    if (!mayCall(card, question) || wish.asString("").equals("none")) {
      return List.of();
    }
    var text = question.lastUserText();
    var excluded = question.terms().policy().exclude();
    try {
      if (wish.isArray()) {
        return wished(text, wish, excluded);
      }
      if (wish.asString("").equals("any")) {
        return tools.find(text, OFFERED, tool -> !excluded.contains(tool.id()));
      }
      boolean asItIs = PinnedDecider.names(question) && wish.isMissingNode();
      if (asItIs || !need.knows(card.id())) {
        return List.of(); // and nothing is searched: most questions end here
      }
      var found = tools.find(text, OFFERED, tool -> !excluded.contains(tool.id()));
      var policy = question.terms().policy();
      return !found.isEmpty()
              && need.gain(card.id(), found.getFirst().tool().id())
                  .pays(policy.value(), policy.priceWeight() * card.price().of(MORE))
          ? found
          : List.of();
    } catch (ExpertException notSearched) {
      return List.of(); // the embedder is busy: an answer without tools beats none
    }
  }

  private List<FoundTool> wished(String text, JsonNode wish, Set<String> excluded) {
    Set<String> names = new TreeSet<>();
    wish.forEach(name -> names.add(name.asString("")));
    return tools.find(
        text,
        OFFERED,
        tool ->
            !excluded.contains(tool.id())
                && (names.contains(tool.server()) || names.contains(tool.id())));
  }

  /** Whether it can call tools, and the caller leaves it the choice. */
  private static boolean mayCall(ExpertCard card, Question question) {
    boolean model = card.kind().writes() && !(card.kind() instanceof ExpertKind.Composition);
    var choice = question.body().path("tool_choice");
    return model
        && card.features().contains(Feature.TOOLS)
        && question.dialect() == Dialect.CHAT
        && !question.lastUserText().isBlank()
        && (choice.isMissingNode() || choice.asString("").equals("auto"));
  }

  /**
   * Learns anew, after a restart, which tools served which requests, and whether they were good for
   * whom. Blocks.
   *
   * @param decisions on record, oldest first
   * @param feedback what was said of one, by its id
   * @param until later ones have been learnt from already
   */
  public void recall(
      List<Decision> decisions, Function<String, List<Feedback>> feedback, Instant until) {
    List<ToolExample> examples = new ArrayList<>();
    for (var decision : decisions) {
      var used = called(decision);
      if (decision.question() != null
          && decision.failure() == null
          && decision.answer() != null
          && decision.at().isBefore(until)
          && !used.isEmpty()) {
        examples.add(new ToolExample(decision.question(), used));
      }
    }
    tools.recall(examples);
    for (var decision : decisions) {
      for (var said : feedback.apply(decision.id())) {
        if (said.at().isBefore(until)) {
          learn(decision, said.score());
        }
      }
    }
  }

  /** Who answered in it without being asked by the plan: the tools that a model called. */
  private static Set<String> called(Decision decision) {
    var asked = decision.route().plan().experts();
    Set<String> called = new TreeSet<>();
    decision.replies().stream()
        .filter(told -> told.failure() == null && !asked.contains(told.expert()))
        .forEach(told -> called.add(told.expert()));
    return called;
  }

  /**
   * Learns from what was said of a decision in which one expert answered; where several did, nobody
   * knows for whom the tools were good.
   */
  public void learn(Decision decision, double correct) {
    var question = decision.question();
    var plan = decision.route().plan();
    var asked = plan.experts();
    var answered =
        decision.replies().stream()
            .filter(told -> told.failure() == null && asked.contains(told.expert()))
            .map(Decision.Told::expert)
            .distinct()
            .toList();
    if (question == null || answered.size() != 1 || plan instanceof Plan.Panel) {
      return; // or nothing was recorded of it
    }
    List<FoundTool> found;
    try {
      found = tools.find(question, 1);
    } catch (ExpertException notSearched) {
      return; // the embedder is busy; the next feedback teaches as well
    }
    if (!found.isEmpty()) {
      boolean with = decision.replies().stream().anyMatch(told -> !asked.contains(told.expert()));
      need.learn(answered.getFirst(), found.getFirst().tool().id(), with, correct);
    }
  }
}
