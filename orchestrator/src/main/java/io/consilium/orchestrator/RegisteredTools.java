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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registered tools, searchable. Follows the registry: a tool that comes, goes or changes its
 * description is found, or not, soon after; embedding it is done in the background, and until then
 * the earlier tools are searched.
 */
public final class RegisteredTools implements Toolbox {
  private static final Logger log = LoggerFactory.getLogger(RegisteredTools.class);

  private final ExpertRegistry registry;
  private final Function<String, Expert> experts;
  private final ToolIndex index;
  private final Executor background;
  private final AtomicBoolean waiting = new AtomicBoolean();
  private final Object following = new Object();

  /**
   * The tools of a registry.
   *
   * @param experts finds the guarded expert of a tool
   * @param background where tools are embedded
   */
  public RegisteredTools(
      ExpertRegistry registry,
      Function<String, Expert> experts,
      Embedder embedder,
      Executor background) {
    this.registry = registry;
    this.experts = experts;
    this.index = new ToolIndex(embedder, ToolWeights.shipped());
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
            index.replaceAll(documents(registry.current()));
          } catch (ExpertException e) {
            log.warn("new tools cannot be searched yet: {}", e.message());
          }
        }
      });
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
    Set<String> callable = new HashSet<>();
    for (var seat : registry.current().seats()) {
      if (isTool(seat.card()) && seat.health().status() != Health.Status.DOWN) {
        callable.add(seat.card().id());
      }
    }
    return index.search(request, limit, tool -> callable.contains(tool.id()) && wanted.test(tool));
  }

  @Override
  public Expert expert(FoundTool tool) {
    return experts.apply(tool.tool().id());
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
