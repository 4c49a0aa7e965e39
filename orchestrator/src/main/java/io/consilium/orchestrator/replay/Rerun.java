package io.consilium.orchestrator.replay;

import io.consilium.aggregator.AggregatorCatalogue;
import io.consilium.aggregator.PlanRunner;
import io.consilium.expert.Answer;
import io.consilium.expert.Decision;
import io.consilium.expert.Endpoint;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Provider;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.RecordedExpert;
import io.consilium.orchestrator.Policies;
import io.consilium.router.Planner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a decision on record again under other terms, from the replies it recorded: nobody is asked.
 * Members speak in the order of the plan, so the same change gives the same answer.
 */
public final class Rerun {
  private static final Duration TIME = Duration.ofMinutes(10);

  private final PlanRunner runner;

  /**
   * @param runner runs plans on the calling thread; see {@link #inline}
   */
  public Rerun(PlanRunner runner) {
    this.runner = runner;
  }

  /** A thread that runs what it is given where it is started, so that nothing races. */
  public static Thread inline(Runnable task) {
    return new Thread("replay") {
      @Override
      public void start() {
        task.run();
      }
    };
  }

  /**
   * What is to be otherwise.
   *
   * @param without experts that are left out
   * @param aggregator fuses what they said, or null for the plan's own
   * @param policy under which those who replied are planned with anew, or null for the plan made
   */
  public record Change(Set<String> without, @Nullable String aggregator, @Nullable Policy policy) {
    public Change {
      without = Set.copyOf(without);
    }
  }

  /** A reply that the plan would hear and that is not on record. */
  public record Missing(String expert, String why) {}

  /**
   * What came of it.
   *
   * @param answer null when nobody had one; then {@code failure} says why
   * @param replies those heard, with their recorded price and time
   * @param missing those that could not be heard
   */
  public record Result(
      Question question,
      Route route,
      @Nullable Answer answer,
      @Nullable ExpertException failure,
      List<Reply> replies,
      List<Missing> missing) {
    public Result {
      replies = List.copyOf(replies);
      missing = List.copyOf(missing);
    }
  }

  /**
   * Runs it.
   *
   * @throws ExpertException {@code INVALID_REQUEST} when the change cannot be made, {@code
   *     CONFLICT} when no reply it needs is on record
   */
  public Result run(Decision decision, Change change) {
    Map<String, Decision.Told> told = new LinkedHashMap<>();
    var asked = decision.route().plan().experts();
    decision.replies().stream()
        .filter(each -> asked.contains(each.expert())) // the others are tools that they called
        .forEach(each -> told.putIfAbsent(each.expert(), each));
    var plan = plan(decision, told, change);
    refuseAsking(plan);
    List<Missing> missing = new ArrayList<>();
    int there = 0;
    for (var id : asked(plan)) {
      var why = missing(told.get(id));
      if (why == null) {
        there++;
      } else {
        missing.add(new Missing(id, why));
      }
    }
    if (there == 0 && !missing.isEmpty()) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          "nothing can be played again: "
              + String.join(
                  "; ", missing.stream().map(each -> each.expert() + ": " + each.why()).toList()));
    }
    return run(decision, plan, told, missing);
  }

  private Result run(
      Decision decision, Plan plan, Map<String, Decision.Told> told, List<Missing> missing) {
    var before = decision.route();
    var route =
        new Route(
            plan,
            before.forecasts(),
            before.excluded(),
            1,
            before.seed(),
            before.routerVersion(),
            before.snapshot(),
            "replayed from decision " + decision.id());
    var text = decision.question();
    var question =
        Question.of(
            text == null || text.isBlank() ? "(not recorded)" : text,
            Terms.within(TIME, Instant.now()));
    List<Reply> replies = new ArrayList<>();
    Answer answer = null;
    ExpertException failure = null;
    try {
      answer =
          runner.run(
              route,
              question,
              id -> recorded(id, told.get(id)),
              piece -> {},
              reply -> replies.add(asRecorded(reply, told)));
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.INVALID_REQUEST) {
        throw e.about("aggregator");
      }
      failure = e;
    }
    return new Result(question, route, answer, failure, replies, missing);
  }

  /** The plan that is played. */
  private static Plan plan(Decision decision, Map<String, Decision.Told> told, Change change) {
    var plan = decision.route().plan();
    var heard =
        told.keySet().stream()
            .filter(id -> missing(told.get(id)) == null && !change.without().contains(id))
            .toList();
    if (change.policy() != null) {
      plan = planned(decision, heard, change.policy());
    }
    plan = plan.among(id -> !change.without().contains(id));
    if (change.aggregator() == null) {
      return plan;
    }
    if (plan instanceof Plan.Panel panel) {
      return new Plan.Panel(
          panel.members(),
          change.aggregator(),
          panel.quorum(),
          0,
          panel.fallbacks(),
          null,
          panel.kind());
    }
    if (heard.size() < 2) {
      throw ExpertException.invalid(
          "aggregator",
          "there are not two replies of decision %s to fuse".formatted(decision.id()));
    }
    return new Plan.Panel(
        heard, change.aggregator(), heard.size(), 0, List.of(), null, plan.kind());
  }

  /** Plans again with those who replied, by the forecasts of then. */
  private static Plan planned(Decision decision, List<String> heard, Policy policy) {
    if (policy.name().equals(Policies.PANEL.name()) && heard.size() > 1) {
      return new Plan.Panel(heard, Plan.WEIGHTED_VOTE, heard.size(), 0, List.of());
    }
    List<Forecast> forecasts =
        decision.route().forecasts().stream()
            .filter(each -> heard.contains(each.expert()))
            .toList();
    return Planner.greedy()
        .plan(
            new Planner.Case(forecasts, forecasts, "", Double.POSITIVE_INFINITY),
            policy,
            decision.route().seed())
        .map(Planner.Planned::plan)
        .orElse(new Plan.Abstain("no expert that replied is likely enough to be right"));
  }

  private static void refuseAsking(Plan plan) {
    if (plan instanceof Plan.Panel panel
        && panel.aggregator().indexOf(AggregatorCatalogue.COLON) >= 0) {
      throw ExpertException.invalid(
          "aggregator",
          "'%s' asks an expert, and a replay asks nobody: name an aggregator that needs only replies, such as %s"
              .formatted(panel.aggregator(), Plan.WEIGHTED_VOTE));
    }
  }

  /** Those whose replies the plan waits for: its members, of {@code one} the first. */
  private static List<String> asked(Plan plan) {
    return switch (plan) {
      case Plan.One one -> List.of(one.expert());
      case Plan.Cascade cascade -> cascade.members();
      case Plan.Panel panel -> panel.members();
      case Plan.Chain chain -> chain.members();
      case Plan.Abstain abstain -> List.of();
    };
  }

  private static @Nullable String missing(Decision.@Nullable Told told) {
    if (told == null) {
      return "it was not asked";
    }
    var failure = told.failure();
    if (failure != null) {
      return failure.kind() == FailureKind.CANCELLED ? "it was cancelled before it answered" : null;
    }
    return told.text() == null ? "its words were not recorded, for contents were not kept" : null;
  }

  private static Expert recorded(String id, Decision.@Nullable Told told) {
    var why = missing(told);
    var card =
        ExpertCard.of(
                id,
                new ExpertKind.Llm(),
                "",
                new Endpoint(Provider.OPENAI, null, id, null, Map.of(), Map.of()))
            .withVersion(told == null ? 1 : told.version());
    return new RecordedExpert(
        card,
        question -> {
          if (told == null || why != null) {
            throw new ExpertException(FailureKind.UNAVAILABLE, id + ": " + why);
          }
          if (told.failure() != null) {
            throw new ExpertException(told.failure().kind(), told.failure().message());
          }
          var usage = told.usage();
          return Optional.of(
              Answer.of(String.valueOf(told.text()), usage == null ? Usage.NONE : usage)
                  .costing(told.usd()));
        });
  }

  private static Reply asRecorded(Reply reply, Map<String, Decision.Told> told) {
    var known = told.get(reply.card().id());
    if (known == null) {
      return reply;
    }
    var took = Duration.ofNanos((long) (known.millis() * 1e6));
    return switch (reply) {
      case Reply.Answered each ->
          new Reply.Answered(each.card(), each.forecast(), took, each.answer(), known.usd());
      case Reply.Failed each ->
          new Reply.Failed(each.card(), each.forecast(), took, each.failure());
    };
  }
}
