package io.consilium.expert;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The programme for one question: decided by the router, run by the aggregator. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Plan.One.class, name = "one"),
  @JsonSubTypes.Type(value = Plan.Cascade.class, name = "cascade"),
  @JsonSubTypes.Type(value = Plan.Panel.class, name = "panel"),
  @JsonSubTypes.Type(value = Plan.Chain.class, name = "chain"),
  @JsonSubTypes.Type(value = Plan.Abstain.class, name = "abstain")
})
public sealed interface Plan {
  /** The aggregator that weighs votes by P(correct), in log-odds. */
  String WEIGHTED_VOTE = "weighted_vote";

  /** The aggregator that counts votes. */
  String MAJORITY_VOTE = "majority_vote";

  /**
   * A hedge that depends on who is asked: another is asked once an expert takes longer than 95 in
   * 100 of its answers did. Whoever decides puts the time in, see {@link #hedged}.
   */
  long AT_P95 = 0;

  /** The name used in JSON and in the {@code x-consilium-plan} header. */
  String type();

  /**
   * The kind of question, as the router guessed it or the caller told it; "" where it is not known.
   * It tells how answers are compared.
   */
  default String kind() {
    return "";
  }

  /** Everyone the plan may ask, in the order it would ask them, fallbacks last. */
  List<String> experts();

  /** The same plan with every expert under another name. */
  Plan renamed(UnaryOperator<String> name);

  /**
   * The same plan among those who may take part. Of a panel, cascade or chain with one member left
   * that one answers alone; with none left its fallbacks do; with nobody at all the plan is to
   * abstain. A quorum falls to the number of members where it would exceed it. An aggregator whose
   * own expert may not take part gives way to {@link #WEIGHTED_VOTE}.
   */
  default Plan among(Predicate<String> may) {
    return switch (this) {
      case One one -> alone(left(one.experts(), may), one.hedge());
      case Cascade cascade -> {
        var members = left(cascade.members(), may);
        var fallbacks = left(cascade.fallbacks(), may);
        yield members.size() < 2
            ? alone(joined(members, fallbacks), null)
            : new Cascade(members, cascade.minimum(), cascade.kind(), fallbacks);
      }
      case Panel panel -> {
        var members = left(panel.members(), may);
        var fallbacks = left(panel.fallbacks(), may);
        yield members.size() < 2
            ? alone(joined(members, fallbacks), panel.hedge())
            : new Panel(
                members,
                panel.helper().filter(may.negate()).isPresent()
                    ? WEIGHTED_VOTE
                    : panel.aggregator(),
                Math.min(panel.quorum(), members.size()),
                panel.millis(),
                fallbacks,
                panel.hedge(),
                panel.kind());
      }
      case Chain chain -> {
        var members = left(chain.members(), may);
        var fallbacks = left(chain.fallbacks(), may);
        yield members.size() < 2
            ? alone(joined(members, fallbacks), null)
            : new Chain(members, fallbacks);
      }
      case Abstain abstain -> abstain;
    };
  }

  /**
   * The same plan with times for {@link #AT_P95}: of an expert alone its own, of a panel that of
   * its slowest member. Nobody is asked in addition where it is not known of all of them.
   *
   * @param p95 milliseconds within which 95 in 100 answers of an expert came; 0 where too few did
   */
  default Plan hedged(ToDoubleFunction<String> p95) {
    return switch (this) {
      case One one when one.hedge() != null && one.hedge() == AT_P95 ->
          new One(one.expert(), one.fallbacks(), slowest(List.of(one.expert()), p95));
      case Panel panel when panel.hedge() != null && panel.hedge() == AT_P95 ->
          new Panel(
              panel.members(),
              panel.aggregator(),
              panel.quorum(),
              panel.millis(),
              panel.fallbacks(),
              slowest(panel.members(), p95),
              panel.kind());
      case One one -> one;
      case Panel panel -> panel;
      case Cascade cascade -> cascade;
      case Chain chain -> chain;
      case Abstain abstain -> abstain;
    };
  }

  /** The same plan for a question of a kind, where it matters to it and is not known yet. */
  default Plan ofKind(String kind) {
    return switch (this) {
      case Cascade cascade when cascade.kind().isEmpty() ->
          new Cascade(cascade.members(), cascade.minimum(), kind, cascade.fallbacks());
      case Panel panel when panel.kind().isEmpty() ->
          new Panel(
              panel.members(),
              panel.aggregator(),
              panel.quorum(),
              panel.millis(),
              panel.fallbacks(),
              panel.hedge(),
              kind);
      case One one -> one;
      case Panel panel -> panel;
      case Cascade cascade -> cascade;
      case Chain chain -> chain;
      case Abstain abstain -> abstain;
    };
  }

  private static @Nullable Long slowest(List<String> experts, ToDoubleFunction<String> p95) {
    double slowest = 0;
    for (var expert : experts) {
      double millis = p95.applyAsDouble(expert);
      if (!(millis > 0)) {
        return null;
      }
      slowest = Math.max(slowest, millis);
    }
    return (long) Math.max(1, Math.ceil(slowest));
  }

  private static Plan alone(List<String> experts, @Nullable Long hedge) {
    return experts.isEmpty()
        ? new Abstain("nobody of this plan may answer")
        : new One(experts.getFirst(), experts.subList(1, experts.size()), hedge);
  }

  private static List<String> left(List<String> experts, Predicate<String> may) {
    return experts.stream().filter(may).toList();
  }

  private static List<String> renamed(List<String> experts, UnaryOperator<String> name) {
    return experts.stream().map(name).toList();
  }

  /**
   * One expert answers; should it fail before its first piece, the next is asked.
   *
   * @param expert the id of the expert to ask
   * @param fallbacks whom to ask instead, best first
   * @param hedge milliseconds without a piece of an answer after which the first fallback is asked
   *     as well: the first to say something is heard out, the other is cancelled; null to wait
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record One(String expert, List<String> fallbacks, @Nullable Long hedge) implements Plan {
    public One {
      fallbacks = List.copyOf(fallbacks);
      positive(hedge);
    }

    /** Without a hedge. */
    public One(String expert, List<String> fallbacks) {
      this(expert, fallbacks, null);
    }

    @Override
    public Plan renamed(UnaryOperator<String> name) {
      return new One(name.apply(expert), Plan.renamed(fallbacks, name), hedge);
    }

    @Override
    public String type() {
      return "one";
    }

    @Override
    public List<String> experts() {
      return joined(List.of(expert), fallbacks);
    }
  }

  /**
   * Experts are asked one after another until asking another is not worth its price; who is next
   * and when to stop is up to the {@link NextStep} of the router that planned it.
   *
   * @param members who may be asked, first one first; two or more
   * @param minimum the least P(correct) to answer with; below it the cascade ends in a refusal; 0
   *     to answer in any case
   * @param kind the kind of question, as the router guessed it; "" when it did not
   * @param fallbacks whom to ask when all members fail, best first
   */
  record Cascade(List<String> members, double minimum, String kind, List<String> fallbacks)
      implements Plan {
    public Cascade {
      members = several("cascade", members, 2);
      fallbacks = List.copyOf(fallbacks);
      if (!(minimum >= 0 && minimum <= 1)) {
        throw ExpertException.invalid(
            "plan.minimum", "a cascade's minimum lies between 0 and 1, not " + minimum);
      }
    }

    @Override
    public Plan renamed(UnaryOperator<String> name) {
      return new Cascade(Plan.renamed(members, name), minimum, kind, Plan.renamed(fallbacks, name));
    }

    @Override
    public String type() {
      return "cascade";
    }

    @Override
    public List<String> experts() {
      return joined(members, fallbacks);
    }
  }

  /**
   * Experts are asked at once and their answers become one.
   *
   * @param members who is asked; two or more
   * @param aggregator how their answers become one: a name such as {@code weighted_vote}; one that
   *     needs an expert of its own names it after a colon, as in {@code synthesis:gpt}
   * @param quorum how many answers are enough: those still out are then cancelled; 1 to the number
   *     of members
   * @param millis how long members are waited for; those that answered by then are the panel; 0 for
   *     as long as the question's deadline allows
   * @param fallbacks whom to ask when all members fail, best first
   * @param hedge milliseconds after which a fallback is asked in addition for each member that is
   *     still out, so that the first {@code quorum} answers of all make the panel; null to wait
   * @param kind the kind of question; "" where it is not known
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Panel(
      List<String> members,
      String aggregator,
      int quorum,
      long millis,
      List<String> fallbacks,
      @Nullable Long hedge,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String kind)
      implements Plan {
    /** Without a hedge, for a question of unknown kind. */
    public Panel(
        List<String> members, String aggregator, int quorum, long millis, List<String> fallbacks) {
      this(members, aggregator, quorum, millis, fallbacks, null);
    }

    /** For a question of unknown kind. */
    public Panel(
        List<String> members,
        String aggregator,
        int quorum,
        long millis,
        List<String> fallbacks,
        @Nullable Long hedge) {
      this(members, aggregator, quorum, millis, fallbacks, hedge, "");
    }

    public Panel {
      kind = Objects.requireNonNullElse(kind, ""); // plans kept by earlier releases have none
      members = several("panel", members, 2);
      fallbacks = List.copyOf(fallbacks);
      if (quorum < 1 || quorum > members.size()) {
        throw ExpertException.invalid(
            "plan.quorum",
            "a quorum lies between 1 and the %d members of the panel, not %d"
                .formatted(members.size(), quorum));
      }
      if (millis < 0) {
        throw ExpertException.invalid("plan.millis", "a panel waits 0 ms or more, not " + millis);
      }
      positive(hedge);
    }

    /** The expert whom the aggregator asks by itself, as in {@code synthesis:gpt}. */
    public Optional<String> helper() {
      int colon = aggregator.indexOf(':');
      return colon < 0 ? Optional.empty() : Optional.of(aggregator.substring(colon + 1));
    }

    @Override
    public Plan renamed(UnaryOperator<String> name) {
      return new Panel(
          Plan.renamed(members, name),
          helper()
              .map(id -> aggregator.substring(0, aggregator.indexOf(':') + 1) + name.apply(id))
              .orElse(aggregator),
          quorum,
          millis,
          Plan.renamed(fallbacks, name),
          hedge,
          kind);
    }

    @Override
    public String type() {
      return "panel";
    }

    @Override
    public List<String> experts() {
      return joined(members, fallbacks);
    }
  }

  /**
   * The first expert drafts and each next one improves the draft or keeps it; it ends when a draft
   * is kept ("copy" wins), or when the {@link NextStep} says so.
   *
   * @param members who drafts and who edits, in order; one expert may come more than once
   * @param fallbacks whom to ask when nobody drafts, best first
   */
  record Chain(List<String> members, List<String> fallbacks) implements Plan {
    public Chain {
      if (members.size() < 2) {
        throw ExpertException.invalid("plan.members", "a chain needs at least 2 members");
      }
      members = List.copyOf(members);
      fallbacks = List.copyOf(fallbacks);
    }

    @Override
    public Plan renamed(UnaryOperator<String> name) {
      return new Chain(Plan.renamed(members, name), Plan.renamed(fallbacks, name));
    }

    @Override
    public String type() {
      return "chain";
    }

    @Override
    public List<String> experts() {
      return joined(members, fallbacks);
    }
  }

  /**
   * Nobody answers.
   *
   * @param reason why, in words for the caller
   */
  record Abstain(String reason) implements Plan {
    @Override
    public Plan renamed(UnaryOperator<String> name) {
      return this;
    }

    @Override
    public String type() {
      return "abstain";
    }

    @Override
    public List<String> experts() {
      return List.of();
    }
  }

  private static List<String> several(String type, List<String> members, int least) {
    if (members.size() < least || members.stream().distinct().count() < members.size()) {
      throw ExpertException.invalid(
          "plan.members",
          "a %s needs at least %d different members, not %s".formatted(type, least, members));
    }
    return List.copyOf(members);
  }

  private static void positive(@Nullable Long hedge) {
    if (hedge != null && hedge < 0) {
      throw ExpertException.invalid(
          "plan.hedge", "another is asked after 1 ms or more, not " + hedge);
    }
  }

  private static List<String> joined(List<String> first, List<String> then) {
    List<String> all = new ArrayList<>(first);
    all.addAll(then);
    return List.copyOf(all);
  }
}
