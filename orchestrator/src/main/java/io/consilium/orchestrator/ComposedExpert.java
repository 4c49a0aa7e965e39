package io.consilium.orchestrator;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Question;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A named composition as an expert among others: its plan is run one level deeper, as a decision of
 * its own, and its answer costs what everyone it asked cost together.
 */
public final class ComposedExpert implements Expert {
  private final ExpertCard card;
  private final Supplier<Orchestrator> orchestrator;

  /**
   * The expert of a composition's card.
   *
   * @param orchestrator runs its plan; asked for at the first question, so that it may come later
   */
  public ComposedExpert(ExpertCard card, Supplier<Orchestrator> orchestrator) {
    this.card = card;
    this.orchestrator = orchestrator;
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    card.require(question);
    return orchestrator.get().composed(card, question, out);
  }
}
