package io.consilium.aggregator.strategy;

import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One count of weighted votes. The order in which votes come does not change who wins. */
final class Ballot {
  /** What a vote weighs. */
  interface Weight {
    double of(double p, AnswerKey.Kind kind);
  }

  private final Weight weight;
  private final Map<AnswerKey, Votes> votes = new LinkedHashMap<>();
  private final List<Reply.Answered> silent = new ArrayList<>();

  Ballot(Weight weight) {
    this.weight = weight;
  }

  private static final class Votes {
    private final List<Reply.Answered> voters = new ArrayList<>();
    private double weight;

    private double surest() {
      return Replies.forecast(best());
    }

    /** Who speaks for this answer: the most promising voter, by id where two are alike. */
    private Reply.Answered best() {
      var best = voters.getFirst();
      for (var voter : voters) {
        int order = Double.compare(Replies.forecast(voter), Replies.forecast(best));
        if (order > 0 || (order == 0 && voter.card().id().compareTo(best.card().id()) < 0)) {
          best = voter;
        }
      }
      return best;
    }
  }

  Optional<Answer> count(Replies replies) {
    for (var reply = replies.next(); reply.isPresent(); reply = replies.next()) {
      add(reply.get(), replies.kind());
      if (settled(replies.awaited())) {
        break;
      }
    }
    return votes.isEmpty() ? Optional.empty() : Optional.of(signed(leading()));
  }

  private void add(Reply.Answered reply, String kind) {
    var key = AnswerKey.of(reply.answer(), kind);
    if (key.isEmpty()) {
      silent.add(reply);
      return;
    }
    var group = votes.computeIfAbsent(key.get(), k -> new Votes());
    group.voters.add(reply);
    group.weight += weight.of(Replies.forecast(reply), key.get().kind());
  }

  private AnswerKey leading() {
    AnswerKey leading = votes.keySet().iterator().next();
    for (var entry : votes.entrySet()) {
      var group = entry.getValue();
      var best = group(leading);
      int order = Double.compare(group.weight, best.weight);
      if (order == 0) {
        order = Double.compare(group.surest(), best.surest());
      }
      if (order == 0) {
        order = leading.text().compareTo(entry.getKey().text());
      }
      if (order > 0) {
        leading = entry.getKey();
      }
    }
    return leading;
  }

  private Votes group(AnswerKey key) {
    var group = votes.get(key);
    if (group == null) {
      throw new IllegalStateException("no votes for " + key);
    }
    return group;
  }

  /** Whether those still out cannot turn the lead, even if they all agreed. */
  private boolean settled(List<Double> awaited) {
    if (votes.isEmpty() || awaited.isEmpty()) {
      return false;
    }
    var leading = leading();
    double second = 0;
    for (var entry : votes.entrySet()) {
      if (!entry.getKey().equals(leading)) {
        second = Math.max(second, entry.getValue().weight);
      }
    }
    double out = 0;
    for (double p : awaited) {
      double most = 0;
      for (var kind : AnswerKey.Kind.values()) {
        most = Math.max(most, Math.abs(weight.of(p, kind)));
      }
      out += most;
    }
    return group(leading).weight - second > out;
  }

  private Answer signed(AnswerKey winner) {
    var best = group(winner).best();
    List<Answer.Contribution> shares = new ArrayList<>();
    shares.add(share(best, "the answer"));
    votes.forEach((key, group) -> {
      for (var voter : group.voters) {
        if (!voter.equals(best)) {
          shares.add(
              share(voter, key.equals(winner) ? "a vote for the answer" : "a vote for another"));
        }
      }
    });
    silent.forEach(reply -> shares.add(share(reply, "no vote")));
    return best.answer().from(shares);
  }

  private static Answer.Contribution share(Reply.Answered reply, String what) {
    return new Answer.Contribution(reply.card().id(), reply.card().version(), what);
  }
}
