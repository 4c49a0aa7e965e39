package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToDoubleBiFunction;

/**
 * The reply that is judged best, as it is: by a judge that compares two answers at a time, each
 * pair in both orders, where a judgement that turns with the order counts as a draw (position bias;
 * Jiang et al., "LLM-Blender", 2023; Wang et al., "Large Language Models are not Fair Evaluators",
 * 2023); or by a reward score. Equal answers are judged once, at most {@value #MOST} are, the most
 * voted first; draws go to the more promising. A judge that fails draws.
 *
 * <p>Not with a judge weaker than the experts, and not for short facts, where a vote is better.
 */
public final class BestOf implements Aggregator {
  static final int MOST = 4;

  /** Compares two answers: above 0 when the first is better. */
  private interface Duel {
    double between(Question question, Answer first, Answer second);
  }

  private final Duel duel;

  /** The best by a judge. */
  public BestOf(Expert judge) {
    var prompt = Prompt.of("judge-1.txt");
    duel =
        (question, first, second) -> {
          int forward = verdict(judge, prompt, question, first, second);
          int back = verdict(judge, prompt, question, second, first);
          return forward == 1 && back == 2 ? 1 : forward == 2 && back == 1 ? -1 : 0;
        };
  }

  /** The best by a score, such as that of a reward model. */
  public BestOf(ToDoubleBiFunction<Question, Answer> reward) {
    duel =
        (question, first, second) ->
            reward.applyAsDouble(question, first) - reward.applyAsDouble(question, second);
  }

  @Override
  public String name() {
    return "best_of";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    var voices = Voices.all(replies, Comparison.EXACT);
    var settled = voices.settled();
    if (settled.isPresent()) {
      return settled.get();
    }
    var votes = new int[voices.answers()];
    for (int i = 0; i < voices.heard().size(); i++) {
      if (voices.said(i) >= 0) {
        votes[voices.said(i)]++;
      }
    }
    List<Integer> candidates = new ArrayList<>();
    for (int a = 0; a < votes.length; a++) {
      if (CallerForm.problem(question, voices.speaker(a).answer()).isEmpty()) {
        candidates.add(a);
      }
    }
    if (candidates.isEmpty()) {
      return Optional.of(voices.signedBy(voices.best()));
    }
    candidates.sort(
        Comparator.comparingInt((Integer a) -> -votes[a])
            .thenComparingDouble(a -> -Replies.forecast(voices.speaker(a)))
            .thenComparing(a -> voices.key(a).text()));
    int best = candidates.getFirst();
    for (int a : candidates.subList(1, Math.min(MOST, candidates.size()))) {
      var challenger = voices.speaker(a).answer();
      best = duel.between(question, challenger, voices.speaker(best).answer()) > 0 ? a : best;
    }
    return Optional.of(voices.signed(best));
  }

  private static int verdict(
      Expert judge, Prompt prompt, Question question, Answer first, Answer second) {
    var material = Json.object();
    material.put("request", Prompt.cut(question.lastUserText()));
    material.put("first", Prompt.cut(Spoken.of(first)));
    material.put("second", Prompt.cut(Spoken.of(second)));
    var said = Writer.said(judge, prompt.about(question, material));
    var key = said == null ? Optional.<AnswerKey>empty() : AnswerKey.of(said);
    return key.map(k -> k.text().equals("1") ? 1 : k.text().equals("2") ? 2 : 0).orElse(0);
  }
}
