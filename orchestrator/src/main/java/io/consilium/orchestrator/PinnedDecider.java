package io.consilium.orchestrator;

import io.consilium.expert.Compositions;
import io.consilium.expert.Decision;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Modality;
import io.consilium.expert.Part;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Usage;
import io.consilium.router.QuestionProfiler;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Decides for questions that name their expert, and hands all others to a router. Nothing is
 * embedded or estimated here: a named expert is asked unless its card says that it cannot serve the
 * question.
 */
public final class PinnedDecider implements Decider {
  /** What names of policies start with. */
  public static final String POLICY_PREFIX = "consilium/";

  /** Tokens expected of an answer whose length the caller did not limit. */
  private static final int USUAL_ANSWER_TOKENS = 256;

  private final Decider router;

  /** Pinned questions are decided here, others by {@code router}. */
  public PinnedDecider(Decider router) {
    this.router = router;
  }

  @Override
  public Decided decide(Question question, Roster roster) {
    if (!names(question)) {
      return router.decide(question, roster);
    }
    var seat = roster.find(question.model()).orElseThrow(() -> unknown(question.model(), roster));
    var card = seat.card();
    card.require(question);
    var profile = profile(question);
    if (card.contextWindow() > 0 && profile.tokens() > card.contextWindow()) {
      throw new ExpertException(
          FailureKind.CONTEXT_TOO_LONG,
          "%s reads at most %,d tokens and this question has about %,d: shorten it, or ask an expert with a longer context window"
              .formatted(card.id(), card.contextWindow(), profile.tokens()));
    }
    if (card.kind() instanceof ExpertKind.Composition composition) {
      return composed(composition, question, roster, profile);
    }
    return new Decided(
        profile,
        new Route(
            new Plan.One(card.id(), List.of()),
            List.of(forecast(card, seat.latencyMillis(), question, profile)),
            List.of(),
            1,
            0,
            "pinned",
            roster.id(),
            "the question names this expert"));
  }

  /**
   * The plan of a composition, without those the caller excludes. Where answers are weighed against
   * each other its members are forecast as the router does it.
   */
  private Decided composed(
      ExpertKind.Composition composition,
      Question question,
      Roster roster,
      Decision.Profile profile) {
    var policy = question.terms().policy();
    var plan =
        Compositions.of(roster)
            .byId(composition.plan())
            .among(id ->
                roster
                    .find(id)
                    .map(seat -> policy.exclude().stream().noneMatch(seat.card()::answersTo))
                    .orElse(true))
            .hedged(id -> roster.find(id).map(Roster.Seat::p95Millis).orElse(0.0));
    var why = "the question names this composition";
    var members = plan.experts().stream().filter(id -> roster.find(id).isPresent()).toList();
    if (plan instanceof Plan.One || plan instanceof Plan.Abstain || members.size() < 2) {
      return new Decided(
          profile,
          new Route(
              plan,
              forecasts(members, question, roster, profile),
              List.of(),
              1,
              0,
              "pinned",
              roster.id(),
              why));
    }
    var routed = router.decide(among(question, policy.among(members, Set.of())), roster);
    var route = routed.route();
    return new Decided(
        routed.profile(),
        new Route(
            plan.ofKind(routed.kind()),
            route.forecasts(),
            route.excluded().stream().filter(each -> members.contains(each.expert())).toList(),
            1,
            route.seed(),
            route.routerVersion(),
            roster.id(),
            why));
  }

  private static List<Forecast> forecasts(
      List<String> members, Question question, Roster roster, Decision.Profile profile) {
    return members.stream()
        .flatMap(id -> roster.find(id).stream())
        .map(seat -> forecast(seat.card(), seat.latencyMillis(), question, profile))
        .toList();
  }

  private static Question among(Question question, Policy policy) {
    return new Question(
        question.dialect(),
        POLICY_PREFIX + "auto",
        question.body(),
        question.messages(),
        question.tools(),
        question.parameters(),
        question.terms().under(policy));
  }

  /** Whether a question names its expert. */
  static boolean names(Question question) {
    return !question.model().startsWith(POLICY_PREFIX);
  }

  /** Nothing is estimated, so the interval is everything. */
  private static Forecast forecast(
      ExpertCard card, double millis, Question question, Decision.Profile profile) {
    var limit = question.parameters().maxTokens();
    var usage =
        new Usage(profile.tokens(), limit == null ? USUAL_ANSWER_TOKENS : limit, 0, 0, true);
    return new Forecast(
        card.id(),
        0.5,
        0,
        1,
        card.price().of(usage),
        millis > 0 ? millis : card.measured().latencyMillis(),
        List.of());
  }

  /** What is known of a question without looking into it. */
  static Decision.Profile profile(Question question) {
    Set<Modality> modalities = EnumSet.of(Modality.TEXT);
    int characters = 0;
    for (var message : question.messages()) {
      for (var part : message.content()) {
        switch (part) {
          case Part.Text text -> characters += text.text().length();
          case Part.Image image -> modalities.add(Modality.IMAGE);
          case Part.Other other -> modalities.add(other.modality());
        }
      }
    }
    var text = question.lastUserText();
    return new Decision.Profile(
        QuestionProfiler.hashes(text).getFirst(),
        text.length(),
        (characters + 3) / 4,
        List.of(),
        List.copyOf(modalities),
        question.tools().size());
  }

  /** The failure of a question whose model nobody answers to. */
  public static ExpertException unknown(String model, Roster roster) {
    var near = roster.near(model, 3);
    return new ExpertException(
            FailureKind.UNKNOWN_MODEL,
            "there is no model '%s'. %sUse consilium/auto to have one chosen; GET /v1/models lists all."
                .formatted(
                    model, near.isEmpty() ? "" : "Near names: " + String.join(", ", near) + ". "))
        .about("model");
  }
}
