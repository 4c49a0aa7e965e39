package io.consilium.orchestrator;

import io.consilium.expert.CardState;
import io.consilium.expert.Decision;
import io.consilium.expert.Dialect;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.estimator.BidEstimator;
import io.consilium.router.estimator.InstructionEstimator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Buys what helps to decide, before a question is routed: the one step of routing with effects. An
 * expert writes in a sentence what task it is, and the most promising experts say how sure they
 * are; both are kept by the text of the question, so the same question is not paid for twice.
 * Nothing is bought beyond the budget, nor for questions that name or pin their expert, that hold
 * answers to a risk, or that another composition asks. What fails is on record and done without.
 */
public final class PaidInquiries implements Inquiries {
  private static final Logger log = LoggerFactory.getLogger(PaidInquiries.class);

  private final Offer offer;
  private final QuestionProfiler profiler;
  private final InstructionEstimator tasks;
  private final BidEstimator bids;
  private final Decider decider;
  private final Function<String, Expert> experts;
  private final InstantSource clock;

  /**
   * What may be bought.
   *
   * @param writer the id of the expert that describes tasks, or null for no descriptions
   * @param bids how many experts bid; 0 for no bids
   * @param budgetUsd the most that may be paid for one question, in US dollars
   * @param patience how long all of it may take; never more than half of what is left
   */
  public record Offer(@Nullable String writer, int bids, double budgetUsd, Duration patience) {
    private boolean nothing() {
      return writer == null && bids == 0;
    }
  }

  /**
   * A buyer.
   *
   * @param tasks keeps the descriptions
   * @param bids keeps the bids
   * @param decider says who is promising
   * @param experts finds the guarded expert with an id
   */
  public PaidInquiries(
      Offer offer,
      QuestionProfiler profiler,
      InstructionEstimator tasks,
      BidEstimator bids,
      Decider decider,
      Function<String, Expert> experts,
      InstantSource clock) {
    this.offer = offer;
    this.profiler = profiler;
    this.tasks = tasks;
    this.bids = bids;
    this.decider = decider;
    this.experts = experts;
    this.clock = clock;
  }

  @Override
  public List<Decision.Told> about(Question question, Roster roster) {
    var terms = question.terms();
    var policy = terms.policy();
    if (offer.nothing()
        || PinnedDecider.names(question)
        || question.dialect() == Dialect.EMBEDDINGS
        || terms.depth() > 0
        || policy.contract()
        || policy.pin().size() == 1) {
      return List.of();
    }
    List<Decision.Told> bought = new ArrayList<>();
    try {
      buy(question, roster, bought);
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.CANCELLED) {
        throw e;
      }
      log.warn("deciding with what is there: {}", e.message());
    }
    return bought;
  }

  private void buy(Question question, Roster roster, List<Decision.Told> bought) {
    var terms = question.terms();
    var half = terms.left(clock.instant()).dividedBy(2);
    var until = clock.instant().plus(half.compareTo(offer.patience) < 0 ? half : offer.patience);
    var asking = terms.deeper().until(until);
    double budget =
        Math.min(offer.budgetUsd, Math.min(terms.budgetUsd(), terms.policy().budgetUsd()));
    var profile = profiler.profile(question);
    if (offer.writer != null) {
      describe(offer.writer, profile, roster, asking, budget, terms.record(), bought);
    }
    double left = budget - bought.stream().mapToDouble(Decision.Told::usd).sum();
    if (offer.bids > 0 && !bids.knows(profile)) {
      var shortlist = shortlist(decider.decide(question, roster).route(), roster, profile, left);
      if (shortlist.size() > 1) { // a bid tells only next to others
        for (var reply : bids.collect(profile, shortlist, asking, asking.left(clock.instant()))) {
          bought.add(bid(reply, terms.record()));
        }
      }
    }
  }

  private void describe(
      String writer,
      QuestionProfile profile,
      Roster roster,
      Terms terms,
      double budget,
      boolean record,
      List<Decision.Told> bought) {
    var seat = roster.find(writer);
    if (seat.isEmpty()) {
      bought.add(absent(writer));
    } else if (able(seat.get(), terms)) {
      var expert = experts.apply(seat.get().card().id());
      if (tasks.usd(profile, expert) <= budget) {
        tasks
            .describe(profile, expert, terms, terms.left(clock.instant()))
            .ifPresent(reply -> bought.add(Remembrance.told(reply, record)));
      }
    }
  }

  private static Decision.Told absent(String writer) {
    return new Decision.Told(
        writer,
        1,
        null,
        0,
        null,
        0,
        new Decision.Failure(
            FailureKind.NO_EXPERT,
            "there is no expert '%s' to describe tasks: register it, or set consilium.evidence.writer"
                .formatted(writer)),
        null);
  }

  private static boolean able(Roster.Seat seat, Terms terms) {
    return seat.card().state() != CardState.RETIRED
        && seat.health().routable()
        && terms.policy().exclude().stream().noneMatch(seat.card()::answersTo);
  }

  /** The most useful who may answer and write, as far as the budget reaches. */
  private List<Expert> shortlist(
      Route route, Roster roster, QuestionProfile profile, double budget) {
    Set<String> out =
        route.excluded().stream().map(Route.Exclusion::expert).collect(Collectors.toSet());
    List<Expert> shortlist = new ArrayList<>();
    double usd = 0;
    for (var forecast : route.forecasts()) {
      boolean writes =
          roster.find(forecast.expert()).filter(seat -> seat.card().kind().writes()).isPresent();
      if (shortlist.size() < offer.bids && writes && !out.contains(forecast.expert())) {
        var expert = experts.apply(forecast.expert());
        double price = BidEstimator.usd(profile, expert);
        if (usd + price <= budget) {
          usd += price;
          shortlist.add(expert);
        }
      }
    }
    return shortlist;
  }

  private static Decision.Told bid(Reply reply, boolean record) {
    var told = Remembrance.told(reply, record);
    var bid =
        reply instanceof Reply.Answered answered
            ? BidEstimator.bid(answered.answer())
            : OptionalDouble.empty();
    return new Decision.Told(
        told.expert(),
        told.version(),
        bid.isPresent() ? bid.getAsDouble() : null,
        told.millis(),
        told.usage(),
        told.usd(),
        told.failure(),
        told.text());
  }
}
