package io.consilium.adapters.worker;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Dialect;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * An adapter on llama.cpp's server, which is chosen by a list of scales in the body rather than by
 * a name. The list is always whole: the server keeps what a request does not name, and takes
 * unknown numbers without a word.
 */
public final class ScaledExpert implements Expert {
  private final Expert model;

  private ScaledExpert(Expert model) {
    this.model = model;
  }

  /** The expert as it is, or with its scales when its card lists some. */
  public static Expert of(Expert model) {
    return model.card().endpoint().options().containsKey(WorkerCards.SCALES)
        ? new ScaledExpert(model)
        : model;
  }

  @Override
  public ExpertCard card() {
    return model.card();
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    if (question.dialect() == Dialect.EMBEDDINGS) {
      return model.answer(question, out);
    }
    var body = (ObjectNode) question.body().deepCopy();
    var list = body.putArray("lora");
    for (var pair : card().endpoint().options().getOrDefault(WorkerCards.SCALES, "").split(",")) {
      var parts = pair.split(":");
      try {
        list.addObject()
            .put("id", Integer.parseInt(parts[0]))
            .put("scale", Double.parseDouble(parts[1]));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new ExpertException(
            FailureKind.CONFIGURATION,
            "%s has the scales '%s'; write number:scale, separated by commas"
                .formatted(card().id(), pair),
            e);
      }
    }
    return model.answer(
        new Question(
            question.dialect(),
            question.model(),
            body,
            question.messages(),
            question.tools(),
            question.parameters(),
            question.terms()),
        out);
  }
}
