package io.consilium.aggregator.strategy;

import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.aggregator.fit.Votes;
import io.consilium.expert.Answer;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Replies in the order of their experts' ids, equal answers numbered alike. */
final class Voices {
  private final List<Reply.Answered> heard;
  private final List<AnswerKey> answers = new ArrayList<>();
  private final int[] said;

  private Voices(List<Reply.Answered> replies, Comparison comparison, String kind) {
    heard = new ArrayList<>(replies);
    heard.sort(Comparator.comparing(reply -> reply.card().id()));
    said = new int[heard.size()];
    var key = comparison.among(heard.stream().map(Reply.Answered::answer).toList(), kind);
    Map<AnswerKey, Integer> numbers = new HashMap<>();
    for (int i = 0; i < said.length; i++) {
      var given = key.apply(heard.get(i).answer());
      said[i] = given.map(k -> numbers.computeIfAbsent(k, n -> numbers.size())).orElse(-1);
      if (given.isPresent() && said[i] == answers.size()) {
        answers.add(given.get());
      }
    }
  }

  /** Everyone there is to hear. */
  static Voices all(Replies replies, Comparison comparison) {
    List<Reply.Answered> heard = new ArrayList<>();
    for (var reply = replies.next(); reply.isPresent(); reply = replies.next()) {
      heard.add(reply.get());
    }
    return of(heard, comparison, replies.kind());
  }

  static Voices of(List<Reply.Answered> heard, Comparison comparison, String kind) {
    return new Voices(heard, comparison, kind);
  }

  /**
   * Hears everyone and gives the answer of the greatest score.
   *
   * @param scores one number per answer
   */
  static Optional<Answer> elect(
      Replies replies, Comparison comparison, Function<Voices, double[]> scores) {
    var voices = all(replies, comparison);
    return voices
        .settled()
        .orElseGet(() -> Optional.of(voices.signed(voices.strongest(scores.apply(voices)))));
  }

  /**
   * What needs no fusing: the one reply there is; the most promising when nothing can be compared
   * but somebody answered something.
   */
  Optional<Optional<Answer>> settled() {
    if (heard.size() == 1) {
      return Optional.of(Optional.of(signedBy(heard.getFirst())));
    }
    return answers.isEmpty() ? Optional.of(Optional.empty()) : Optional.empty();
  }

  List<Reply.Answered> heard() {
    return heard;
  }

  /** The number of an expert's answer; -1 for none. */
  int said(int voice) {
    return said[voice];
  }

  int answers() {
    return answers.size();
  }

  AnswerKey key(int answer) {
    return answers.get(answer);
  }

  String expert(int voice) {
    return heard.get(voice).card().id();
  }

  double p(int voice) {
    return Math.clamp(Replies.forecast(heard.get(voice)), 0.02, 0.98);
  }

  /** About how many answers those who err choose from: as many as the answers leave open. */
  int options() {
    int most = Math.max(2, answers.size() + 1);
    for (var answer : answers) {
      most = Math.max(most, answer.kind().options());
    }
    return most;
  }

  /** These voices as votes. */
  Votes votes() {
    var p = new double[said.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = p(i);
    }
    return new Votes(said, p, new boolean[said.length], options());
  }

  /** The answer of the greatest score; of two alike, the surer voter's, then by its text. */
  int strongest(double[] score) {
    int best = 0;
    for (int a = 1; a < score.length; a++) {
      int order =
          Math.abs(score[a] - score[best]) < 1e-9 ? 0 : Double.compare(score[a], score[best]);
      if (order == 0) {
        order = Double.compare(Replies.forecast(speaker(a)), Replies.forecast(speaker(best)));
      }
      if (order == 0) {
        order = answers.get(best).text().compareTo(answers.get(a).text());
      }
      best = order > 0 ? a : best;
    }
    return best;
  }

  /** Who speaks for an answer: the most promising of those who gave it. */
  Reply.Answered speaker(int answer) {
    return best(i -> said[i] == answer ? Replies.forecast(heard.get(i)) : -1);
  }

  /** The most promising of all who answered. */
  Reply.Answered best() {
    return best(i -> Replies.forecast(heard.get(i)) + (said[i] >= 0 ? 1 : 0));
  }

  private Reply.Answered best(ToDoubleFunction<Integer> worth) {
    int best = 0;
    for (int i = 1; i < said.length; i++) {
      best = worth.applyAsDouble(i) > worth.applyAsDouble(best) ? i : best;
    }
    return heard.get(best);
  }

  /** An answer as its speaker worded it, saying who was for it and who was not. */
  Answer signed(int answer) {
    var best = speaker(answer);
    List<Answer.Contribution> shares = new ArrayList<>();
    shares.add(share(best, "the answer"));
    for (int i = 0; i < said.length; i++) {
      if (!heard.get(i).equals(best)) {
        var what =
            said[i] < 0
                ? "no vote"
                : said[i] == answer ? "a vote for the answer" : "a vote for another";
        shares.add(share(heard.get(i), what));
      }
    }
    return best.answer().from(shares);
  }

  /** A reply as it is, signed by who gave it and naming the others as not used. */
  Answer signedBy(Reply.Answered speaker) {
    List<Answer.Contribution> shares = new ArrayList<>();
    shares.add(share(speaker, "the answer"));
    heard.forEach(reply -> {
      if (!reply.equals(speaker)) {
        shares.add(share(reply, "not used"));
      }
    });
    return speaker.answer().from(shares);
  }

  /** Everyone's share, in these words. */
  List<Answer.Contribution> shares(String what) {
    return heard.stream().map(reply -> share(reply, what)).toList();
  }

  private static Answer.Contribution share(Reply.Answered reply, String what) {
    return new Answer.Contribution(reply.card().id(), reply.card().version(), what);
  }
}
