package io.consilium.orchestrator;

import io.consilium.expert.CardState;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Health;
import io.consilium.expert.Roster;
import io.consilium.expert.Skill;
import io.consilium.tools.Toolbox;
import io.consilium.tools.retrieval.FoundTool;
import io.consilium.tools.retrieval.ToolDocument;
import io.consilium.tools.retrieval.ToolExample;
import io.consilium.tools.retrieval.ToolIndex;
import io.consilium.tools.retrieval.ToolWeights;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registered tools, searchable: ranked by what the index finds, and by what the router expects
 * of each. Follows the registry: a tool that comes, goes or changes its description is found, or
 * not, soon after; embedding it is done in the background, and until then the earlier tools are
 * searched.
 */
public final class RegisteredTools implements Toolbox {
  private static final Logger log = LoggerFactory.getLogger(RegisteredTools.class);

  /**
   * How much the router's log-odds count beside the index's score; chosen on the development
   * questions of cold routing and on requests of ToolE's training part.
   */
  private static final double EXPECTED = 0.5;

  /** Neither never nor always. */
  private static final double LEAST = 1e-4;

  /** How many that the index finds are ranked anew. */
  private static final int CANDIDATES = 50;

  private final ExpertRegistry registry;
  private final Function<String, Expert> experts;
  private final Function<String, Map<String, Double>> forecasts;
  private final ToolIndex index;
  private final ToolQuestions questions;
  private final Executor background;
  private final AtomicBoolean waiting = new AtomicBoolean();
  private final Object following = new Object();

  /**
   * The tools of a registry.
   *
   * @param experts finds the guarded expert of a tool
   * @param forecasts P(correct) by expert, as the router sees a request
   * @param questions that were written about tools, which they are found by as well
   * @param background where tools are embedded
   */
  public RegisteredTools(
      ExpertRegistry registry,
      Function<String, Expert> experts,
      Function<String, Map<String, Double>> forecasts,
      Embedder embedder,
      ToolQuestions questions,
      Executor background) {
    this.registry = registry;
    this.experts = experts;
    this.forecasts = forecasts;
    this.index = new ToolIndex(embedder, ToolWeights.shipped());
    this.questions = questions;
    this.background = background;
    registry.onChange(roster -> follow());
    follow();
  }

  /** Changes that come while one is being taken up are taken up together after it. */
  private void follow() {
    if (!waiting.getAndSet(true)) {
      background.execute(() -> {
        synchronized (following) {
          waiting.set(false);
          try {
            index.replaceAll(asked(documents(registry.current())));
          } catch (ExpertException e) {
            log.warn("new tools cannot be searched yet: {}", e.message());
          }
        }
      });
    }
  }

  private List<ToolDocument> asked(List<ToolDocument> documents) {
    return documents.stream().map(questions::with).toList();
  }

  /**
   * Has questions written about tools that have none, where that is wished, and finds tools by what
   * was written, here or elsewhere. Blocks; for the scheduler.
   */
  public void describe() {
    if (questions.wished()) {
      var roster = registry.current();
      questions.write(documents(roster), roster);
      follow();
    }
  }

  private static List<ToolDocument> documents(Roster roster) {
    return roster.cards().stream()
        .filter(RegisteredTools::isTool)
        .map(card -> document(card, (ExpertKind.Tool) card.kind()))
        .toList();
  }

  private static boolean isTool(ExpertCard card) {
    return card.kind() instanceof ExpertKind.Tool && card.state() == CardState.ROUTABLE;
  }

  private static ToolDocument document(ExpertCard card, ExpertKind.Tool tool) {
    return ToolDocument.of(
        card.id(),
        tool.server(),
        card.endpoint().model(),
        card.description(),
        tool.schema(),
        card.skills().stream().filter(skill -> skill.weight() > 0).map(Skill::name).toList());
  }

  /** How many tools are searched. */
  public int size() {
    return index.size();
  }

  @Override
  public List<FoundTool> find(String request, int limit) {
    return find(request, limit, tool -> true);
  }

  /** The same among the tools that are wanted. */
  public List<FoundTool> find(String request, int limit, Predicate<ToolDocument> wanted) {
    return rank(request, limit, wanted).stream().map(Ranked::found).toList();
  }

  /**
   * A tool that was found.
   *
   * @param found by the index
   * @param p P(correct) as the router sees it, 0 to 1
   */
  public record Ranked(FoundTool found, double p) {
    /** What the router's forecast adds to the index's score. */
    public double expected() {
      double sure = Math.clamp(p, LEAST, 1 - LEAST);
      return EXPECTED * Math.log(sure / (1 - sure));
    }

    public double score() {
      return found.score() + expected();
    }
  }

  /** Tools and what is expected of each, best first. */
  public List<Ranked> rank(String request, int limit, Predicate<ToolDocument> wanted) {
    Set<String> callable = new HashSet<>();
    for (var seat : registry.current().seats()) {
      if (isTool(seat.card()) && seat.health().status() != Health.Status.DOWN) {
        callable.add(seat.card().id());
      }
    }
    var found =
        index.search(
            request,
            Math.max(limit, CANDIDATES),
            tool -> callable.contains(tool.id()) && wanted.test(tool));
    if (found.isEmpty()) {
      return List.of();
    }
    var expected = forecasts.apply(request);
    return found.stream()
        .map(tool -> new Ranked(tool, expected.getOrDefault(tool.tool().id(), 0.0)))
        .sorted(Comparator.comparingDouble(Ranked::score).reversed())
        .limit(limit)
        .toList();
  }

  @Override
  public Expert expert(FoundTool tool) {
    return experts.apply(tool.tool().id());
  }

  /** Learns from what served before a restart, once the tools that are registered can be found. */
  void recall(List<ToolExample> examples) {
    synchronized (following) {
      index.replaceAll(asked(documents(registry.current())));
    }
    if (!examples.isEmpty()) {
      index.learn(examples);
    }
  }

  @Override
  public void served(String request, List<String> tools) {
    background.execute(() -> {
      try {
        index.learn(List.of(new ToolExample(request, Set.copyOf(tools))));
      } catch (ExpertException e) {
        log.debug("not learnt from: {}", e.message());
      }
    });
  }
}
