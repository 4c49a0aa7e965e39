package io.consilium.orchestrator.api;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.wire.ChatReplies;
import io.consilium.expert.wire.CompletionsWire;
import io.consilium.orchestrator.Course;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.net.ClientWatch;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Function;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAI endpoints that answer: chat completions, completions and embeddings. */
@RestController
public final class AnswersController {
  private final Function<Caller, Stage> stages;
  private final ClientWatch clients;

  /**
   * @param stages says where a caller's questions are answered
   */
  public AnswersController(Function<Caller, Stage> stages, ClientWatch clients) {
    this.stages = stages;
    this.clients = clients;
  }

  @PostMapping("/v1/chat/completions")
  public void chat(HttpServletRequest request, HttpServletResponse response) throws IOException {
    answer(Dialect.CHAT, request, response);
  }

  @PostMapping("/v1/completions")
  public void completions(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    answer(Dialect.COMPLETIONS, request, response);
  }

  @PostMapping("/v1/embeddings")
  public void embeddings(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    answer(Dialect.EMBEDDINGS, request, response);
  }

  private void answer(Dialect dialect, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    var stage = stages.apply(Caller.of(request));
    var asked = stage.asking().read(dialect, request);
    var course = new Course(System::nanoTime, FrontFilter.arrived(request));
    var replying =
        new Replying(asked.question(), course, asked.explain(), asked.contrast(), asked.at());
    var question = asked.question();
    try (var _ = clients.watch(request, Thread.currentThread());
        var span = stage.meters().span(question)) {
      try {
        if (question.parameters().stream()) {
          stream(replying, stage.orchestrator(), request, response);
        } else {
          whole(replying, stage.orchestrator(), response);
        }
        stage.meters().answered(question, course, span);
      } catch (ExpertException failure) {
        stage.meters().failed(question, course, failure, span);
        throw failure;
      }
    }
  }

  private static void whole(
      Replying replying, Orchestrator orchestrator, HttpServletResponse response)
      throws IOException {
    Answer answer;
    try {
      answer =
          orchestrator.answer(
              replying.question(), replying.course(), AnswersController::notStreamed);
    } finally {
      replying.headers(response);
    }
    Bodies.write(200, body(replying, answer), response);
  }

  private static void stream(
      Replying replying,
      Orchestrator orchestrator,
      HttpServletRequest request,
      HttpServletResponse response) {
    var reply = new StreamedReply(replying, response);
    Answer answer;
    try {
      answer = orchestrator.answer(replying.question(), replying.course(), reply);
    } catch (ExpertException failure) {
      if (!reply.started()) {
        replying.headers(response);
        throw failure;
      }
      HangUp.now(request);
      if (failure.kind() != FailureKind.CANCELLED) {
        reply.fail(failure);
      }
      throw failure;
    }
    reply.finish(answer);
  }

  private static void notStreamed(Delta piece) {
    throw new IllegalStateException("a piece came of an answer that is not streamed: " + piece);
  }

  /** The expert's own bytes where they are what the caller speaks, else the answer rendered. */
  static byte[] body(Replying replying, Answer answer) {
    var raw = answer.raw();
    var own = raw != null && raw.dialect() == replying.dialect() ? raw.bytes() : null;
    if (own != null && !replying.extended()) {
      return own;
    }
    var body = own != null ? Json.object(own, "the expert's reply") : rendered(replying, answer);
    if (replying.extended()) {
      body.set("consilium", replying.extension(answer));
    }
    return Json.bytes(body);
  }

  private static ObjectNode rendered(Replying replying, Answer answer) {
    return switch (replying.dialect()) {
      case CHAT -> ChatReplies.body(answer, replying.id(), replying.model(), replying.created());
      case COMPLETIONS ->
          CompletionsWire.body(answer, replying.id(), replying.model(), replying.created());
      case EMBEDDINGS ->
          throw new ExpertException(
              FailureKind.NO_EXPERT,
              answer.refusal() != null
                  ? answer.refusal()
                  : replying.model() + " answered with something other than vectors");
    };
  }
}
