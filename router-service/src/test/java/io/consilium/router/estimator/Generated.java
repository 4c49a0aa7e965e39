package io.consilium.router.estimator;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Provider;
import io.consilium.expert.Roster;
import io.consilium.expert.index.Words;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Small generated records: questions of three subjects, experts good at some of them. */
final class Generated {
  static final int DIMENSION = 32;
  static final List<String> EXPERTS = List.of("cook", "lawyer", "allrounder", "novice");
  static final List<String> SUBJECTS = List.of("cooking", "law", "sailing");

  private static final List<List<String>> WORDS =
      List.of(
          List.of("flour", "oven", "butter", "simmer", "garlic", "roast", "dough", "spice"),
          List.of("contract", "court", "clause", "verdict", "appeal", "statute", "tort", "plea"),
          List.of("keel", "mast", "rudder", "anchor", "harbour", "tide", "jib", "hull"));

  /** P(correct) per expert and subject. */
  private static final double[][] SKILL = {
    {0.9, 0.2, 0.3}, {0.2, 0.9, 0.3}, {0.55, 0.55, 0.6}, {0.1, 0.1, 0.1}
  };

  private Generated() {}

  /** Texts that share words are alike; nothing more. */
  static float[] embed(String text) {
    float[] vector = new float[DIMENSION];
    vector[0] = 1e-3f;
    for (var word : Words.of(text)) {
      var random = new Random(word.hashCode());
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] += (float) random.nextGaussian();
      }
    }
    double squares = 0;
    for (float part : vector) {
      squares += part * part;
    }
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] /= (float) Math.sqrt(squares);
    }
    return vector;
  }

  static QuestionProfile profile(String text) {
    return QuestionProfiler.recorded(
        text, SkillTags.shipped(), bounded -> Optional.of(embed(bounded)));
  }

  static QuestionProfile blind(String text) {
    return QuestionProfiler.recorded(text, SkillTags.shipped(), bounded -> Optional.empty());
  }

  /** A question of a subject. */
  static String question(int subject, Random random) {
    var text = new StringBuilder("Explain");
    for (int w = 0; w < 5; w++) {
      text.append(' ').append(WORDS.get(subject).get(random.nextInt(8)));
    }
    return text.append(" case ").append(random.nextInt(1_000)).append('?').toString();
  }

  /** Outcomes of {@code items} questions, each cell missing with probability {@code missing}. */
  static Records records(int items, List<String> experts, double missing, long seed) {
    var random = new Random(seed);
    var builder = new Records.Builder();
    experts.forEach(builder::expert);
    for (int i = 0; i < items; i++) {
      int subject = i % SUBJECTS.size();
      var text = question(subject, random);
      builder.item(Item.of("q" + i, text, text, SUBJECTS.get(subject)));
      for (var expert : experts) {
        double y = random.nextDouble() < SKILL[EXPERTS.indexOf(expert)][subject] ? 1 : 0;
        if (random.nextDouble() >= missing) {
          builder.add("q" + i, expert, y, 0.001 * (1 + EXPERTS.indexOf(expert)), 100);
        }
      }
    }
    return builder.build();
  }

  static Training training(Records records) {
    var profiles = records.items().stream().map(item -> profile(item.text())).toList();
    var space = TextSpace.fit(profiles, "words", DIMENSION, 1);
    return new Training(records, profiles, space, space.vectors(profiles), 1);
  }

  static final Training TRAINING = training(records(360, EXPERTS, 0, 7));

  static Roster roster(List<String> ids) {
    List<ExpertCard> cards = new ArrayList<>();
    for (var id : ids) {
      cards.add(
          ExpertCard.of(
              id,
              new ExpertKind.Llm(),
              "An expert.",
              new Endpoint(Provider.OPENAI, null, id, null, Map.of(), Map.of())));
    }
    return Roster.of(String.join(",", ids), cards);
  }
}
