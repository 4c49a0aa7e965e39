package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A cascade under way: one expert after another, until the next step is to stop. */
final class CascadeRun {
  private final Asking asking;
  private final NextStep nextStep;
  private final List<NextStep.Said> said = new ArrayList<>();
  private final Map<AnswerKey, Integer> numbers = new LinkedHashMap<>();
  private final List<Reply.Answered> answers = new ArrayList<>();
  private final List<Integer> given = new ArrayList<>();
  private final List<Asking.Heard> heards = new ArrayList<>();

  CascadeRun(Asking asking, NextStep nextStep) {
    this.asking = asking;
    this.nextStep = nextStep;
  }

  Answer run(Plan.Cascade plan) {
    while (true) {
      var step =
          asking.over()
              ? new NextStep.Step.Stop(-1, 0)
              : nextStep.after(asking.route, asking.question, List.copyOf(said));
      switch (step) {
        case NextStep.Step.Ask ask when said.size() < plan.members().size() -> ask(ask.expert());
        case NextStep.Step.Ask more -> {
          return stop(-1, plan);
        }
        case NextStep.Step.Stop stop -> {
          return stop(stop.answer(), plan);
        }
        case NextStep.Step.Refuse refuse -> {
          return answers.isEmpty() ? stop(-1, plan) : Answer.refused(refuse.reason());
        }
      }
    }
  }

  private void ask(String expert) {
    var heard = asking.ask(expert);
    asking.note(heard);
    heards.add(heard);
    int number = -1;
    int length = 0;
    var answered = heard.answered();
    if (answered.isPresent()) {
      var key = AnswerKey.of(answered.get().answer(), asking.kind());
      number = key.map(k -> numbers.computeIfAbsent(k, n -> numbers.size())).orElse(-1);
      length = answered.get().answer().text().length();
      answers.add(answered.get());
      given.add(number);
    }
    said.add(new NextStep.Said(expert, number, length));
  }

  /** The most promising of those who gave this answer speaks for it; else of all who answered. */
  private Answer stop(int number, Plan.Cascade plan) {
    if (answers.isEmpty()) {
      return asking.firstOf(plan.fallbacks());
    }
    int best = -1;
    for (int i = 0; i < answers.size(); i++) {
      boolean counts = number < 0 || given.get(i) == number;
      if (counts && (best < 0 || p(i) > p(best))) {
        best = i;
      }
    }
    if (best < 0) {
      return stop(-1, plan);
    }
    var reply = answers.get(best);
    List<Answer.Contribution> shares = new ArrayList<>(reply.answer().provenance());
    for (int i = 0; i < answers.size(); i++) {
      if (i != best) {
        boolean agrees = given.get(i) >= 0 && given.get(i).equals(given.get(best));
        shares.add(
            new Answer.Contribution(
                answers.get(i).card().id(),
                answers.get(i).card().version(),
                agrees ? "a vote for the answer" : "a vote for another"));
      }
    }
    heards.forEach(asking::progress);
    return asking.whole(reply.answer().from(shares), false);
  }

  private double p(int i) {
    return Replies.forecast(answers.get(i));
  }
}
