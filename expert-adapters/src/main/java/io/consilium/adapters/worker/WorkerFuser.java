package io.consilium.adapters.worker;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Dialect;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.consilium.expert.TokenFuser;
import io.consilium.expert.card.InferenceServer;
import io.consilium.expert.card.InferenceServer.Engine;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * Mixes adapters of one base inside a generation, on engines that take a scale for each in a
 * request: Consilium's own worker and llama.cpp's server. Others can do nothing of it. The base is
 * asked as any expert is, with the scales in the body.
 */
public final class WorkerFuser implements TokenFuser {
  private final Expert base;
  private final InferenceServer server;
  private final List<WorkerModel> adapters;

  /**
   * @param base the base model as an expert, guarded if it is to be
   * @param adapters those of this base; others cannot be mixed
   */
  public WorkerFuser(Expert base, InferenceServer server, List<WorkerModel> adapters) {
    this.base = base;
    this.server = server;
    this.adapters = List.copyOf(adapters);
  }

  @Override
  public Set<Ability> abilities() {
    return WorkerAbility.of(server.engine()).contains(WorkerAbility.ADAPTER_SCALES)
        ? Set.of(Ability.ADAPTER_SCALES)
        : Set.of();
  }

  @Override
  public Answer mixed(Question question, Map<String, Double> scales, Consumer<Delta> out) {
    if (abilities().isEmpty() || question.dialect() == Dialect.EMBEDDINGS) {
      throw new ExpertException(
          FailureKind.UNSUPPORTED,
          "%s takes no scales of adapters in such a request".formatted(server.engine().title()));
    }
    var body = (ObjectNode) question.body().deepCopy();
    var list = body.putArray("lora");
    for (var adapter : adapters) {
      double scale = scales.getOrDefault(WorkerCards.id(server, adapter), 0.0);
      if (server.engine() == Engine.LLAMA_CPP) {
        // llama.cpp keeps scales that a request does not name
        list.addObject().put("id", adapter.slot()).put("scale", scale);
      } else if (scale > 0) {
        list.addObject().put("name", adapter.name()).put("scale", scale);
      }
    }
    return base.answer(
        new Question(
            question.dialect(),
            base.card().id(),
            body,
            question.messages(),
            question.tools(),
            question.parameters(),
            question.terms()),
        out);
  }
}
