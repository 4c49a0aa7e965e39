package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.Dialect;
import io.consilium.expert.Message;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chain under way: the draft goes from expert to expert, each of which improves or keeps it
 * (after Wang et al., "Chain-of-Experts", 2025, on the level of answers). A draft that calls the
 * caller's tools is not edited.
 */
final class ChainRun {
  private static final String EDIT = text("edit-1.txt");
  private static final String KEEP = "KEEP";

  private final Asking asking;
  private final NextStep nextStep;
  private final List<NextStep.Said> said = new ArrayList<>();
  private final Map<AnswerKey, Integer> numbers = new LinkedHashMap<>();
  private final List<Answer.Contribution> shares = new ArrayList<>();
  private final List<Asking.Heard> heards = new ArrayList<>();
  private @Nullable Answer draft;

  ChainRun(Asking asking, NextStep nextStep) {
    this.asking = asking;
    this.nextStep = nextStep;
  }

  Answer run(Plan.Chain plan) {
    while (said.size() < plan.members().size() && !asking.over()) {
      var step = nextStep.after(asking.route, asking.question, List.copyOf(said));
      if (!(step instanceof NextStep.Step.Ask ask)) {
        if (step instanceof NextStep.Step.Refuse refuse && draft != null) {
          return Answer.refused(refuse.reason());
        }
        break;
      }
      ask(ask.expert());
      if (draft != null && !draft.toolCalls().isEmpty()) {
        break;
      }
    }
    if (draft == null) {
      return asking.firstOf(plan.fallbacks());
    }
    heards.forEach(asking::progress);
    return asking.whole(draft.from(shares), false);
  }

  private void ask(String expert) {
    var before = draft;
    var heard =
        before == null
            ? asking.ask(expert)
            : asking.ask(expert, edited(asking.question, before.text()));
    asking.note(heard);
    heards.add(heard);
    Optional<Reply.Answered> answered = heard.answered();
    if (answered.isEmpty()) {
      said.add(new NextStep.Said(expert, -1, 0));
      return;
    }
    var answer = answered.get().answer();
    boolean kept = before != null && answer.text().strip().equalsIgnoreCase(KEEP);
    Answer now = before != null && kept ? before : answer;
    var card = answered.get().card();
    shares.add(
        new Answer.Contribution(
            card.id(),
            card.version(),
            kept ? "kept the draft" : before == null ? "the draft" : "an edit"));
    draft = now;
    int number =
        AnswerKey.of(now, asking.kind())
            .map(k -> numbers.computeIfAbsent(k, n -> numbers.size()))
            .orElse(-1);
    said.add(new NextStep.Said(expert, number, now.text().length()));
  }

  /** The question with a draft of its answer, to be improved or kept. */
  private static Question edited(Question question, String draft) {
    List<Message> messages = new ArrayList<>(question.messages());
    messages.add(Message.of(Role.ASSISTANT, draft));
    messages.add(Message.of(Role.USER, EDIT));
    var body = question.body();
    if (question.dialect() == Dialect.CHAT && body instanceof ObjectNode object) {
      var copy = object.deepCopy();
      if (copy.get("messages") instanceof ArrayNode array) {
        array.addObject().put("role", "assistant").put("content", draft);
        array.addObject().put("role", "user").put("content", EDIT);
      }
      body = copy;
    }
    return new Question(
        question.dialect(),
        question.model(),
        body,
        messages,
        question.tools(),
        question.parameters(),
        question.terms());
  }

  private static String text(String resource) {
    try (var in = ChainRun.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
