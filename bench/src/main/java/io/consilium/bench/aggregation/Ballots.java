package io.consilium.bench.aggregation;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.Replies;
import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Row;
import io.consilium.expert.Answer;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Forecast;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Usage;
import io.consilium.router.records.Records;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recorded answers handed to an aggregator, as the replies of a panel that was asked at once. */
final class Ballots {
  private final Part part;
  private final Records records;
  private final Map<String, ExpertCard> cards = new HashMap<>();

  /** Of the test questions, or of the training questions. */
  Ballots(Part part, boolean training) {
    this.part = part;
    this.records = training ? part.train() : part.test();
    part.roster().cards().forEach(card -> cards.put(card.id(), card));
  }

  /** What an expert answered, in the form that is compared; empty when it said nothing. */
  Optional<AnswerKey> key(int question, int expert) {
    return text(question, expert)
        .flatMap(text -> AnswerKey.of(Answer.of(text, Usage.NONE), category(question)));
  }

  /** It tells how answers are compared, which is as their source compares them. */
  private String category(int question) {
    return records.items().get(question).category();
  }

  private Optional<String> text(int question, int expert) {
    return part.answers().of(records.items().get(question).id(), records.experts().get(expert));
  }

  /** The replies of these experts that said something, asked under their forecasts. */
  List<Reply.Answered> replies(int question, int[] members, double[] p) {
    List<Reply.Answered> replies = new ArrayList<>();
    for (int member : members) {
      var id = records.experts().get(member);
      var card = cards.get(id);
      var said = text(question, member);
      if (card != null && said.isPresent()) {
        var forecast = new Forecast(id, Math.clamp(p[member], 0, 1), 0, 1, 0, 0, List.of());
        replies.add(
            new Reply.Answered(
                card, forecast, Duration.ZERO, Answer.of(said.get(), Usage.NONE), 0));
      }
    }
    return replies;
  }

  /** What an aggregator makes of a panel; every member is charged. */
  Row.Served served(
      int question, int[] members, double[] p, Aggregator aggregator, Question asked) {
    double cost = 0;
    for (int member : members) {
      cost += records.usd(question, member);
    }
    var replies = replies(question, members, p);
    double correct = 0;
    if (replies.size() == 1 && members.length == 1) {
      correct = records.correct(question, members[0]);
    } else {
      var answer =
          aggregator.aggregate(asked, new Listed(replies, category(question)), piece -> {});
      var key = answer.flatMap(given -> AnswerKey.of(given, category(question)));
      for (int member : members) {
        if (key.isPresent() && key(question, member).equals(key)) {
          correct = Math.max(correct, records.correct(question, member));
        }
      }
    }
    return new Row.Served(correct, cost, members.length, Double.NaN);
  }

  /** Replies one after another; nobody is left out at the end. */
  private static final class Listed implements Replies {
    private final Iterator<Reply.Answered> rest;
    private final List<Double> awaited = new ArrayList<>();
    private final String kind;

    Listed(List<Reply.Answered> replies, String kind) {
      this.kind = kind;
      rest = replies.iterator();
      replies.forEach(reply -> awaited.add(Replies.forecast(reply)));
    }

    @Override
    public Optional<Reply.Answered> next() {
      if (!rest.hasNext()) {
        return Optional.empty();
      }
      awaited.removeFirst();
      return Optional.of(rest.next());
    }

    @Override
    public String kind() {
      return kind;
    }

    @Override
    public List<Double> awaited() {
      return List.copyOf(awaited);
    }
  }
}
