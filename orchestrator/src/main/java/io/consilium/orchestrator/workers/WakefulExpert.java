package io.consilium.orchestrator.workers;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Question;
import java.util.function.Consumer;

/** An expert of a worker, which is woken before each question when it sleeps. */
record WakefulExpert(Expert expert, Runnable wake) implements Expert {
  @Override
  public ExpertCard card() {
    return expert.card();
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    wake.run();
    return expert.answer(question, out);
  }
}
