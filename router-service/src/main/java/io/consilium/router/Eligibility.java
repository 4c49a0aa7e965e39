package io.consilium.router;

import io.consilium.expert.CardState;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Feature;
import io.consilium.expert.Modality;
import io.consilium.expert.Policy;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Who may answer at all: hard abilities only, each exclusion with its reason. */
final class Eligibility {
  /** Tokens kept free for the answer when the caller sets no limit. */
  private static final int ANSWER_TOKENS = 256;

  private Eligibility() {}

  /**
   * Who may answer and who may not.
   *
   * @param seats indexes of the eligible seats, in roster order
   * @param excluded all others, in roster order
   */
  record Verdict(List<Integer> seats, List<Route.Exclusion> excluded) {}

  static Verdict of(QuestionProfile profile, Roster roster, Policy policy) {
    List<Integer> seats = new ArrayList<>();
    List<Route.Exclusion> excluded = new ArrayList<>();
    for (int i = 0; i < roster.seats().size(); i++) {
      var seat = roster.seats().get(i);
      var reason = reason(profile, seat, policy);
      if (reason.isPresent()) {
        excluded.add(new Route.Exclusion(seat.card().id(), reason.get()));
      } else {
        seats.add(i);
      }
    }
    return new Verdict(seats, excluded);
  }

  private static Optional<String> reason(QuestionProfile profile, Roster.Seat seat, Policy policy) {
    var card = seat.card();
    var question = profile.question();
    boolean pinned = !policy.pin().isEmpty() && policy.pin().stream().anyMatch(card::answersTo);
    if (!policy.pin().isEmpty() && !pinned) {
      return Optional.of("not among the pinned experts");
    }
    if (!policy.exclude().isEmpty() && policy.exclude().stream().anyMatch(card::answersTo)) {
      return Optional.of("excluded by the policy");
    }
    if (card.state() != CardState.ROUTABLE && !(pinned && card.state() != CardState.RETIRED)) {
      return Optional.of(
          "its card is " + card.state().name().toLowerCase(Locale.ROOT) + "; pin it to ask it");
    }
    var service = question.dialect() == Dialect.EMBEDDINGS ? Service.EMBEDDINGS : Service.CHAT;
    if (!card.services().contains(service)) {
      return Optional.of("does not serve " + service.name().toLowerCase(Locale.ROOT));
    }
    if (!seat.health().routable()) {
      return Optional.of("down: " + seat.health().reason());
    }
    return unable(profile, card);
  }

  private static Optional<String> unable(QuestionProfile profile, ExpertCard card) {
    var question = profile.question();
    var parameters = question.parameters();
    for (var modality : profile.modalities()) {
      if (modality != Modality.TEXT && !card.modalities().contains(modality)) {
        return Optional.of("does not read " + modality.name().toLowerCase(Locale.ROOT) + " parts");
      }
    }
    boolean tools =
        !question.tools().isEmpty()
            && !"none".equals(question.body().path("tool_choice").asString(""));
    if (tools && !card.features().contains(Feature.TOOLS)) {
      return Optional.of("does not call the caller's tools");
    }
    if (parameters.structured() && !card.features().contains(Feature.STRUCTURED_OUTPUT)) {
      return Optional.of("does not write JSON to a schema");
    }
    if (parameters.logprobs() && !card.features().contains(Feature.LOGPROBS)) {
      return Optional.of("gives no log-probabilities");
    }
    int answer = parameters.maxTokens() == null ? ANSWER_TOKENS : parameters.maxTokens();
    if (card.contextWindow() > 0 && (long) profile.tokens() + answer > card.contextWindow()) {
      return Optional.of(
          "reads %d tokens; question and answer need about %d"
              .formatted(card.contextWindow(), (long) profile.tokens() + answer));
    }
    return Optional.empty();
  }
}
