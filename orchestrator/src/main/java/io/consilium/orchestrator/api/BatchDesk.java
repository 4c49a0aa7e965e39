package io.consilium.orchestrator.api;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.orchestrator.Course;
import io.consilium.orchestrator.batch.Desk;
import io.consilium.orchestrator.security.Caller;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Answers the lines of batches as the endpoints would. */
public final class BatchDesk implements Desk {
  private final Stage stage;

  public BatchDesk(Stage stage) {
    this.stage = stage;
  }

  @Override
  public Asked ask(Dialect dialect, ObjectNode body, Caller caller) {
    var asked = stage.asking().read(dialect, body, caller);
    return new Asked() {
      @Override
      public List<String> experts() {
        return stage.orchestrator().decide(asked.question()).route().plan().experts();
      }

      @Override
      public Reply answer() {
        return BatchDesk.this.answer(asked);
      }
    };
  }

  private Reply answer(Asking.Asked asked) {
    var question = asked.question();
    var course = new Course(System::nanoTime, System.nanoTime());
    var replying = new Replying(question, course, asked.explain(), asked.contrast(), asked.at());
    try (var span = stage.meters().span(question)) {
      try {
        var answer = stage.orchestrator().answer(question, course, piece -> {});
        stage.meters().answered(question, course, span);
        return new Reply(
            200,
            question.terms().decision(),
            Json.object(AnswersController.body(replying, answer), "the expert's reply"));
      } catch (ExpertException failure) {
        stage.meters().failed(question, course, failure, span);
        throw failure;
      }
    }
  }

  @Override
  public Reply failed(ExpertException failure) {
    return new Reply(Failures.status(failure.kind()), "", Failures.openAi(failure));
  }
}
