package io.consilium.router.planner;

import io.consilium.expert.Forecast;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Goes on with a cascade while what asking brings, times what a right answer is worth, exceeds its
 * price; the same look ahead that planned it, from what was said since. Chains go on until a draft
 * is kept.
 */
public final class CascadeStep implements NextStep {
  private final CoFailure coFailure;
  private final AfterReplies afterReplies;
  private final NextStep others = NextStep.agreement();

  public CascadeStep(CoFailure coFailure, AfterReplies afterReplies) {
    this.coFailure = coFailure;
    this.afterReplies = afterReplies;
  }

  /**
   * Where a cascade stands.
   *
   * @param answer the leading answer, as numbered by {@link NextStep.Said}; -1 when there is none
   * @param p P(it is right)
   * @param asking P(the answer is right once this expert was asked as well), for those not asked
   * @param next whom to ask next; empty to stop
   */
  public record Standing(int answer, double p, Map<String, Double> asking, String next) {}

  @Override
  public Step after(Route route, Question question, List<Said> said) {
    if (!(route.plan() instanceof Plan.Cascade cascade)) {
      return others.after(route, question, said);
    }
    var ahead = ahead(route, cascade, question, said, Programmes.DEPTH);
    ahead.look();
    if (ahead.next() >= 0) {
      return new Step.Ask(cascade.members().get(ahead.next()));
    }
    int leading = ahead.now().leading();
    double p = leading < 0 ? 0 : p(ahead.now(), leading, said, cascade.kind());
    if (leading >= 0 && p < cascade.minimum()) {
      return new Step.Refuse(
          String.format(
              Locale.ROOT,
              "the best answer is right with a probability of %.2f; %.2f were asked for",
              p,
              cascade.minimum()));
    }
    return new Step.Stop(leading, p);
  }

  /** What is thought of the answers so far, and of asking each of those who were not asked. */
  public Standing standing(Route route, Question question, List<Said> said) {
    if (!(route.plan() instanceof Plan.Cascade cascade)) {
      throw new IllegalArgumentException("only a cascade has a standing");
    }
    var ahead = ahead(route, cascade, question, said, Programmes.DEPTH);
    Map<String, Double> asking = new LinkedHashMap<>();
    for (int e = 0; e < cascade.members().size(); e++) {
      var id = cascade.members().get(e);
      if (said.stream().noneMatch(each -> each.expert().equals(id))) {
        asking.put(id, ahead.with(e));
      }
    }
    ahead.look();
    int leading = ahead.now().leading();
    return new Standing(
        leading,
        leading < 0 ? 0 : p(ahead.now(), leading, said, cascade.kind()),
        asking,
        ahead.next() < 0 ? "" : cascade.members().get(ahead.next()));
  }

  private Lookahead ahead(
      Route route, Plan.Cascade cascade, Question question, List<Said> said, int depth) {
    var policy = question.terms().policy();
    List<Forecast> forecasts = new ArrayList<>();
    double spent = 0;
    for (var id : cascade.members()) {
      var forecast = forecast(route, id);
      forecasts.add(forecast);
      spent += said.stream().anyMatch(each -> each.expert().equals(id)) ? forecast.usd() : 0;
    }
    var ahead =
        new Lookahead(
            forecasts,
            policy,
            cascade.minimum(),
            coFailure.of(cascade.kind()),
            coFailure.sameWrong(cascade.kind(), cascade.members()),
            depth);
    for (var each : said) {
      int member = cascade.members().indexOf(each.expert());
      if (member >= 0) {
        if (each.answer() < 0 && each.length() == 0) {
          ahead.failed(member);
        } else {
          ahead.said(member, each.answer());
        }
      }
    }
    for (int e = 0; e < forecasts.size(); e++) {
      if (spent > 0 && spent + forecasts.get(e).usd() > question.terms().budgetUsd()) {
        ahead.failed(e); // the budget does not reach that far
      }
    }
    return ahead;
  }

  private static Forecast forecast(Route route, String id) {
    for (var forecast : route.forecasts()) {
      if (forecast.expert().equals(id)) {
        return forecast;
      }
    }
    return new Forecast(id, 0.5, 0, 1, 0, 0, List.of());
  }

  private double p(Belief belief, int leading, List<Said> said, String kind) {
    int length = 0;
    for (var each : said) {
      length = each.answer() == leading ? each.length() : length;
    }
    int answered = belief.replies() - belief.silent();
    return afterReplies.p(
        new AfterReplies.Seen(
            belief.p(leading),
            (double) belief.votes(leading) / answered,
            belief.replies(),
            belief.silent(),
            length,
            kind));
  }
}
