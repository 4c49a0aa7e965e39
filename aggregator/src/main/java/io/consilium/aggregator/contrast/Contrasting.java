package io.consilium.aggregator.contrast;

import io.consilium.aggregator.AnswerKey;
import io.consilium.expert.Answer;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Plan;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Works a {@link Contrast} out. */
final class Contrasting {
  private static final int STATEMENTS = 20;

  private final Route route;
  private final List<Reply> replies;
  private final Answer answer;
  private final Optional<AnswerKey> given;
  private final List<Optional<AnswerKey>> keys = new ArrayList<>();
  private final List<Map.Entry<AnswerKey, List<Reply.Answered>>> groups;

  Contrasting(
      Route route, List<Reply> replies, Answer answer, Function<Answer, Optional<AnswerKey>> key) {
    this.route = route;
    this.replies = replies;
    this.answer = answer;
    given = key.apply(answer);
    Map<AnswerKey, List<Reply.Answered>> byKey = new LinkedHashMap<>();
    for (var reply : replies) {
      Optional<AnswerKey> said =
          reply instanceof Reply.Answered answered
              ? key.apply(answered.answer())
              : Optional.empty();
      keys.add(said);
      if (said.isPresent() && reply instanceof Reply.Answered answered) {
        byKey.computeIfAbsent(said.get(), k -> new ArrayList<>()).add(answered);
      }
    }
    groups = new ArrayList<>(byKey.entrySet());
    groups.sort(
        Comparator.comparingInt((Map.Entry<AnswerKey, List<Reply.Answered>> group) ->
                isGiven(group.getKey()) ? 0 : 1)
            .thenComparingInt(group -> -ids(group.getValue()).size())
            .thenComparing(group -> group.getKey().text()));
  }

  Contrast contrast() {
    long heard =
        groups.stream().flatMap(group -> ids(group.getValue()).stream()).distinct().count();
    long agreed =
        groups.stream()
            .filter(group -> isGiven(group.getKey()))
            .mapToLong(group -> ids(group.getValue()).size())
            .sum();
    return new Contrast(
        route.plan().type(),
        route.plan() instanceof Plan.Panel panel ? panel.aggregator() : null,
        heard == 0 ? 0 : (double) agreed / heard,
        groups.stream()
            .map(group ->
                new Contrast.Group(
                    label(group.getKey()),
                    Differing.quoted(group.getKey().text()),
                    isGiven(group.getKey()),
                    ids(group.getValue())))
            .toList(),
        differences(),
        contributions(),
        dropped(),
        asked(),
        replies.stream().mapToDouble(Contrasting::usd).sum());
  }

  private boolean isGiven(AnswerKey key) {
    return given.isPresent() && given.get().equals(key);
  }

  private static List<String> ids(List<Reply.Answered> group) {
    return group.stream().map(reply -> reply.card().id()).distinct().sorted().toList();
  }

  private List<Contrast.Difference> differences() {
    if (given.isEmpty()) {
      return List.of();
    }
    List<Contrast.Difference> differences = new ArrayList<>();
    for (var group : groups) {
      if (!isGiven(group.getKey())) {
        var theirs = group.getValue().getFirst().answer();
        differences.add(
            Differing.between(ids(group.getValue()), group.getKey(), theirs, given.get(), answer));
      }
    }
    return differences;
  }

  private List<Contrast.Contribution> contributions() {
    Map<String, Set<String>> what = new LinkedHashMap<>();
    answer
        .provenance()
        .forEach(share ->
            what.computeIfAbsent(share.expert(), id -> new LinkedHashSet<>()).add(share.what()));
    var ours = Claims.of(answer.text());
    Map<String, Contrast.Contribution> shares = new LinkedHashMap<>();
    for (var reply : replies) {
      if (reply instanceof Reply.Answered answered) {
        var card = answered.card();
        var words = what.getOrDefault(card.id(), Set.of());
        shares.put(
            card.id(),
            new Contrast.Contribution(
                card.id(),
                card.version(),
                String.join("; ", words),
                ours.alsoIn(Claims.of(answered.answer().text())).stream()
                    .map(Differing::quoted)
                    .limit(STATEMENTS)
                    .toList()));
      }
    }
    // an expert the aggregator asked by itself is no member but has its share
    for (var share : answer.provenance()) {
      shares.computeIfAbsent(
          share.expert(),
          id ->
              new Contrast.Contribution(
                  id,
                  share.version(),
                  String.join("; ", what.getOrDefault(id, Set.of())),
                  List.of()));
    }
    return List.copyOf(shares.values());
  }

  private List<Contrast.Dropped> dropped() {
    List<Contrast.Dropped> dropped = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      var reply = replies.get(i);
      var id = reply.card().id();
      switch (reply) {
        case Reply.Failed failed ->
            dropped.add(new Contrast.Dropped(id, status(failed), failed.failure().message()));
        case Reply.Answered answered -> {
          var refusal = answered.answer().refusal();
          if (refusal != null) {
            dropped.add(new Contrast.Dropped(id, "refused", Differing.quoted(refusal)));
          } else if (keys.get(i).isEmpty()) {
            dropped.add(new Contrast.Dropped(id, "empty", id + " said nothing that counts"));
          }
        }
      }
    }
    var heard = replies.stream().map(reply -> reply.card().id()).collect(Collectors.toSet());
    for (var member : members(route.plan())) {
      if (!heard.contains(member)) {
        dropped.add(
            new Contrast.Dropped(
                member,
                "not_asked",
                "the answer was decided before %s was asked".formatted(member)));
      }
    }
    return dropped;
  }

  /** Whom the plan means to ask, fallbacks aside. */
  private static Set<String> members(Plan plan) {
    return switch (plan) {
      case Plan.One one -> Set.of(one.expert());
      case Plan.Cascade cascade -> new LinkedHashSet<>(cascade.members());
      case Plan.Panel panel -> new LinkedHashSet<>(panel.members());
      case Plan.Chain chain -> new LinkedHashSet<>(chain.members());
      case Plan.Abstain abstain -> Set.of();
    };
  }

  private List<Contrast.Asked> asked() {
    List<Contrast.Asked> asked = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      var reply = replies.get(i);
      var forecast = reply.forecast();
      asked.add(
          new Contrast.Asked(
              reply.card().id(),
              reply.card().version(),
              status(reply),
              keys.get(i).map(this::index).orElse(-1),
              forecast == null ? null : forecast.p(),
              reply.took().toNanos() / 1e6,
              usd(reply)));
    }
    return asked;
  }

  private int index(AnswerKey key) {
    return groups.stream().map(Map.Entry::getKey).toList().indexOf(key);
  }

  private static String status(Reply reply) {
    return switch (reply) {
      case Reply.Answered answered -> "answered";
      case Reply.Failed failed ->
          failed.failure().kind() == FailureKind.CANCELLED ? "cancelled" : "failed";
    };
  }

  private static double usd(Reply reply) {
    return switch (reply) {
      case Reply.Answered answered -> answered.usd();
      case Reply.Failed failed -> 0;
    };
  }

  private static String label(AnswerKey key) {
    return key.kind().name().toLowerCase(Locale.ROOT);
  }
}
