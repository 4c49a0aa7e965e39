package io.consilium.router;

import io.consilium.expert.Roster;
import java.util.ArrayList;
import java.util.List;

/**
 * The question's skill tags and words against each card's signed skills (Symbolic-MoE, Chen et al.
 * 2025): named tags match exactly, others by likeness; words by BM25. Needs no embedding, and uses
 * one where it is there.
 */
final class SkillEstimator implements Estimator {
  private final CardIndex cards;

  SkillEstimator(CardIndex cards) {
    this.cards = cards;
  }

  @Override
  public String name() {
    return "skill";
  }

  @Override
  public List<Estimate> estimate(QuestionProfile profile, Roster roster) {
    var view = cards.view(roster);
    var words = view.words().scores(profile.text());
    var query = profile.embedding();
    List<Estimate> estimates = new ArrayList<>();
    for (int i = 0; i < view.cards().size(); i++) {
      var card = view.cards().get(i);
      double lexical = words.getOrDefault(card.id(), 0.0);
      double tagged = 0;
      for (var tag : profile.skills()) {
        for (var skill : card.skills()) {
          if (skill.name().equalsIgnoreCase(tag.name())) {
            tagged += tag.weight() * skill.weight();
          }
        }
      }
      double like =
          query.isPresent() && view.texts().get(i).skills().length > 0
              ? CentroidEstimator.nearest(query.get(), view.texts().get(i).skills())
              : 0;
      estimates.add(
          new Estimate(
              Logistic.sigmoid(-3 + 2 * tagged + 0.2 * lexical + 5 * like),
              1,
              "skills %.2f, words %.1f".formatted(like, lexical)));
    }
    return estimates;
  }
}
