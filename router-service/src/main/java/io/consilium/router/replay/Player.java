package io.consilium.router.replay;

import io.consilium.expert.Answer;
import io.consilium.expert.Expert;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import java.util.function.Consumer;
import java.util.function.Function;

/** Carries out a route over the experts it is handed, as the service would. */
@FunctionalInterface
public interface Player {
  /**
   * The answer.
   *
   * @param experts finds the expert with an id
   * @param onReply takes the result of every ask
   */
  Answer play(
      Route route, Question question, Function<String, Expert> experts, Consumer<Reply> onReply);
}
