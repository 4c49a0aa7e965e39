package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Forecast;
import io.consilium.expert.Reply;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A fake panel whose replies are all there. */
final class Heard implements Replies {
  private final ArrayDeque<Reply.Answered> left;
  int pulled;

  Heard(List<Reply.Answered> all) {
    left = new ArrayDeque<>(all);
  }

  static Heard of(Reply.Answered... all) {
    return new Heard(List.of(all));
  }

  @Override
  public Optional<Reply.Answered> next() {
    var next = Optional.ofNullable(left.poll());
    pulled += next.isPresent() ? 1 : 0;
    return next;
  }

  @Override
  public List<Double> awaited() {
    List<Double> awaited = new ArrayList<>();
    left.forEach(reply -> awaited.add(Replies.forecast(reply)));
    return awaited;
  }

  static Reply.Answered said(String id, double p, String text) {
    return said(id, p, Answer.of(text, Usage.NONE));
  }

  static Reply.Answered said(String id, double p, Answer answer) {
    return new Reply.Answered(
        ScriptedExpert.card(id),
        new Forecast(id, p, Math.max(0, p - 0.1), Math.min(1, p + 0.1), 0, 0, List.of()),
        Duration.ofMillis(1),
        answer,
        0);
  }
}
