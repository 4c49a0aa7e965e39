package io.consilium.router;

import io.consilium.expert.Roster;
import io.consilium.expert.Skill;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The question's skill tags and words against each card's signed skills (Symbolic-MoE, Chen et al.
 * 2025; here from the card, outcomes will sign the profile later). A tag matches the skill of that
 * name, or softly a skill that means the same; words match by BM25. Needs no embedding of the
 * question, so it goes on when the embedder is overloaded.
 */
final class SkillEstimator implements Estimator {
  /** The BM25 score that counts half. */
  private static final double SATURATION = 6;

  private final CardIndex cards;
  private final ConditionalLogit weights;

  SkillEstimator(CardIndex cards, ConditionalLogit weights) {
    this.cards = cards;
    this.weights = weights;
  }

  @Override
  public String name() {
    return "skill";
  }

  @Override
  public Estimates estimate(QuestionProfile profile, Roster roster) {
    var view = cards.view(roster);
    var evidence = evidence(profile, view, cards.tags());
    double[][] seen = evidence.experts();
    return Estimates.of(
        Shares.experts(weights.shares(evidence)),
        Shares.ones(seen.length),
        i ->
            String.format(
                Locale.ROOT,
                "words %.2f, tags %.2f (%s)",
                seen[i][0],
                seen[i][1],
                profile.skills().stream().map(Skill::name).collect(Collectors.joining(", "))));
  }

  /**
   * What this estimator sees: per expert its share of words and its best covered tag; of nobody,
   * the strongest tag that no card covers.
   */
  static ConditionalLogit.Case evidence(QuestionProfile profile, CardView view, List<String> tags) {
    var words = view.words().scores(Spoken.of(Texts.asked(profile.text())));
    double[] covered = view.covered();
    double[][] experts = new double[view.cards().size()][2];
    double open = 0;
    for (int i = 0; i < experts.length; i++) {
      double lexical = words.getOrDefault(view.cards().get(i).id(), 0.0);
      experts[i][0] = lexical / (lexical + SATURATION);
    }
    for (var tag : profile.skills()) {
      int t = tags.indexOf(tag.name());
      if (t >= 0 && covered.length > 0) {
        open = Math.max(open, tag.weight() * (1 - covered[t]));
        for (int i = 0; i < experts.length; i++) {
          experts[i][1] = Math.max(experts[i][1], tag.weight() * view.covers()[i][t]);
        }
      }
    }
    return new ConditionalLogit.Case(experts, new double[] {1, open});
  }
}
