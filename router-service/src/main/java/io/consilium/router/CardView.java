package io.consilium.router;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Skill;
import io.consilium.expert.index.DotProduct;
import io.consilium.expert.index.LexicalIndex;
import io.consilium.expert.index.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The cards of one roster with everything that can be worked out before a question comes.
 *
 * @param cards in roster order
 * @param good per card, flat: vectors of its description and its skills of positive weight
 * @param avoided per card, flat: vectors of skills to avoid
 * @param covers per card: how far it covers each topic, 0 to 1
 * @param twins per card and card: 1 where two say the same, so that neither speaks against the
 *     other
 * @param crowds per card: how many say the same, itself included
 * @param words of descriptions and positive skills
 * @param complete whether every vector is there
 */
record CardView(
    List<ExpertCard> cards,
    List<float[]> good,
    List<float[]> avoided,
    double[][] covers,
    double[][] twins,
    double[] crowds,
    LexicalIndex words,
    boolean complete) {
  /** Likeness of topic and card below which a card does not cover it, and above which it does. */
  private static final double COVER_FROM = 0.5;

  private static final double COVER_TO = 0.8;

  /** The same for two cards that compete for the same questions. */
  private static final double TWIN_FROM = 0.75;

  private static final double TWIN_TO = 0.9;

  /** The skill by which a card says that it answers questions of any kind. */
  static final String GENERAL = "general";

  static CardView of(
      List<ExpertCard> cards,
      Map<String, float[]> vectors,
      Optional<TopicModel> topics,
      List<String> names) {
    List<float[]> good = new ArrayList<>();
    List<float[]> avoided = new ArrayList<>();
    double[][] covers = new double[cards.size()][];
    Map<String, String> words = new LinkedHashMap<>();
    boolean complete = true;
    for (int i = 0; i < cards.size(); i++) {
      var card = cards.get(i);
      var strong = strong(card);
      var weak =
          card.skills().stream().filter(skill -> skill.weight() < 0).map(Skill::name).toList();
      var positive = rows(strong, vectors);
      var negative = rows(weak, vectors);
      complete &= positive.isPresent() && negative.isPresent();
      good.add(positive.orElse(new float[0]));
      avoided.add(negative.orElse(new float[0]));
      words.put(card.id(), card.id() + " " + String.join(" ", strong));
      covers[i] = covered(card, strong, topics, names, good.getLast(), avoided.getLast());
    }
    var index = new LexicalIndex();
    index.put(words);
    double[][] twins = twins(cards, vectors);
    double[] crowds = Arrays.stream(twins).mapToDouble(row -> Arrays.stream(row).sum()).toArray();
    return new CardView(cards, good, avoided, covers, twins, crowds, index, complete);
  }

  /** How strongly a card claims to be general-purpose; 0 when it does not. */
  static double general(ExpertCard card) {
    if (card.skills().isEmpty() && card.kind() instanceof ExpertKind.Llm) {
      return 1; // a language model that names no field is taken for an all-rounder
    }
    return card.skills().stream()
        .filter(skill -> skill.name().equalsIgnoreCase(GENERAL) && skill.weight() > 0)
        .mapToDouble(Skill::weight)
        .max()
        .orElse(0);
  }

  /**
   * What a card is found by. An all-rounder's description matches everything, so it is left out.
   */
  private static List<String> strong(ExpertCard card) {
    List<String> texts = new ArrayList<>();
    if (general(card) == 0 && !card.description().isBlank()) {
      texts.add(card.description().strip());
    }
    card.skills().stream()
        .filter(skill -> skill.weight() > 0 && !skill.name().equalsIgnoreCase(GENERAL))
        .map(Skill::name)
        .forEach(texts::add);
    return texts;
  }

  private static double[] covered(
      ExpertCard card,
      List<String> strong,
      Optional<TopicModel> topics,
      List<String> names,
      float[] good,
      float[] avoided) {
    double[] covered = new double[names.size()];
    Set<String> words = new HashSet<>();
    strong.forEach(text -> words.addAll(Words.of(text)));
    for (int t = 0; t < covered.length; t++) {
      var name = names.get(t);
      for (var skill : card.skills()) {
        if (skill.name().equalsIgnoreCase(name)) {
          covered[t] = Math.max(covered[t], skill.weight());
        }
      }
      if (good.length == 0 && words.containsAll(Words.of(name.toLowerCase(Locale.ROOT)))) {
        covered[t] = 1;
      }
      if (covered[t] == 0 && good.length > 0 && topics.isPresent()) {
        double likeness = likeness(topics.get().prototypes().get(t), good, avoided, topics.get());
        covered[t] = Math.clamp((likeness - COVER_FROM) / (COVER_TO - COVER_FROM), 0, 1);
      }
    }
    return covered;
  }

  /** Half by the topic's name, half by the three of its phrases that the card comes nearest to. */
  private static double likeness(
      float[] prototypes, float[] good, float[] avoided, TopicModel topics) {
    int dimension = topics.dimension();
    double[] near = new double[prototypes.length / dimension];
    for (int p = 0; p < near.length; p++) {
      float[] phrase = Arrays.copyOfRange(prototypes, p * dimension, (p + 1) * dimension);
      near[p] = nearest(phrase, good);
      if (p == 0 && nearest(phrase, avoided) > near[0]) {
        return 0;
      }
    }
    double[] phrases = Arrays.copyOfRange(near, 1, near.length);
    Arrays.sort(phrases);
    int top = Math.min(3, phrases.length);
    double sum = 0;
    for (int i = phrases.length - top; i < phrases.length; i++) {
      sum += phrases[i];
    }
    return top == 0 ? near[0] : 0.5 * near[0] + 0.5 * sum / top;
  }

  /** The largest cosine with any row; −1 when there is none. */
  static double nearest(float[] query, float[] rows) {
    double best = -1;
    for (int at = 0; at < rows.length; at += query.length) {
      best = Math.max(best, DotProduct.best().of(query, rows, at));
    }
    return best;
  }

  private static double[][] twins(List<ExpertCard> cards, Map<String, float[]> vectors) {
    double[][] twins = new double[cards.size()][cards.size()];
    for (int i = 0; i < twins.length; i++) {
      var left = cards.get(i).description().strip();
      float[] mine = vectors.get(left);
      for (int j = 0; j < twins.length; j++) {
        var right = cards.get(j).description().strip();
        float[] other = vectors.get(right);
        if (i == j || left.equals(right)) {
          twins[i][j] = 1;
        } else if (mine != null && other != null) {
          double cosine = DotProduct.best().of(mine, other, 0);
          twins[i][j] = Math.clamp((cosine - TWIN_FROM) / (TWIN_TO - TWIN_FROM), 0, 1);
        }
      }
    }
    return twins;
  }

  private static Optional<float[]> rows(List<String> texts, Map<String, float[]> vectors) {
    List<float[]> found = new ArrayList<>();
    for (var text : texts) {
      float[] vector = vectors.get(text);
      if (vector == null) {
        return Optional.empty();
      }
      found.add(vector);
    }
    int length = found.stream().mapToInt(vector -> vector.length).sum();
    float[] rows = new float[length];
    int at = 0;
    for (var vector : found) {
      System.arraycopy(vector, 0, rows, at, vector.length);
      at += vector.length;
    }
    return Optional.of(rows);
  }

  /** The most any card covers each topic. */
  double[] covered() {
    double[] covered = new double[covers.length == 0 ? 0 : covers[0].length];
    for (double[] card : covers) {
      for (int t = 0; t < covered.length; t++) {
        covered[t] = Math.max(covered[t], card[t]);
      }
    }
    return covered;
  }
}
