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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cards of one roster with everything that can be worked out before a question comes.
 *
 * @param cards in roster order
 * @param good per card, flat: vectors of its description and its skills of positive weight
 * @param centroids per card: the direction of the mean of these
 * @param avoided per card, flat: vectors of skills to avoid
 * @param disclaimed what cards avoid and nobody claims
 * @param covers per card: how far it covers each tag, 0 to 1
 * @param twins per card: who says the same, so that neither speaks against the other
 * @param generals per card: how strongly it claims to be general-purpose
 * @param words of descriptions and positive skills
 * @param complete whether every vector is there
 */
record CardView(
    List<ExpertCard> cards,
    List<float[]> good,
    List<float[]> centroids,
    List<float[]> avoided,
    Disclaimed disclaimed,
    double[][] covers,
    List<Twins> twins,
    double[] generals,
    LexicalIndex words,
    boolean complete) {
  /** Likeness of tag and card below which a card does not cover it, and above which it does. */
  private static final double COVER_FROM = 0.5;

  private static final double COVER_TO = 0.8;

  /** The same for two cards that compete for the same questions. */
  private static final double TWIN_FROM = 0.75;

  private static final double TWIN_TO = 0.9;

  /** The skill by which a card says that it answers questions of any kind. */
  static final String GENERAL = "general";

  static CardView of(List<ExpertCard> cards, Map<String, float[]> vectors, List<String> tags) {
    List<float[]> good = new ArrayList<>();
    List<float[]> centroids = new ArrayList<>();
    List<float[]> avoided = new ArrayList<>();
    double[][] covers = new double[cards.size()][];
    Map<String, String> words = new LinkedHashMap<>();
    boolean complete = tags.stream().allMatch(vectors::containsKey);
    for (int i = 0; i < cards.size(); i++) {
      var card = cards.get(i);
      var strong = strong(card);
      var weak =
          card.skills().stream().filter(skill -> skill.weight() < 0).map(Skill::name).toList();
      var positive = rows(strong, vectors);
      var negative = rows(weak, vectors);
      complete &= positive.isPresent() && negative.isPresent();
      good.add(Vectors.flat(positive.orElse(List.of())));
      centroids.add(Vectors.centroid(positive.orElse(List.of())));
      avoided.add(Vectors.flat(negative.orElse(List.of())));
      words.put(card.id(), card.id() + " " + String.join(" ", strong));
      covers[i] = covered(card, strong, tags, vectors, good.getLast(), avoided.getLast());
    }
    var index = new LexicalIndex();
    index.put(words);
    double[] generals = cards.stream().mapToDouble(CardView::general).toArray();
    return new CardView(
        cards,
        good,
        centroids,
        avoided,
        new Disclaimed(Vectors.flat(avoided), good),
        covers,
        twins(cards, vectors),
        generals,
        index,
        complete);
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
      List<String> tags,
      Map<String, float[]> vectors,
      float[] good,
      float[] avoided) {
    double[] covered = new double[tags.size()];
    Set<String> words = new HashSet<>();
    strong.forEach(text -> words.addAll(Words.of(text)));
    for (int t = 0; t < covered.length; t++) {
      var name = tags.get(t);
      for (var skill : card.skills()) {
        if (skill.name().equalsIgnoreCase(name)) {
          covered[t] = Math.max(covered[t], skill.weight());
        }
      }
      float[] vector = vectors.get(name);
      if (vector == null || good.length == 0) {
        covered[t] = covered[t] == 0 && words.containsAll(Words.of(name)) ? 1 : covered[t];
      } else if (covered[t] == 0) {
        double like = Vectors.nearest(vector, good);
        if (like > Vectors.nearest(vector, avoided)) {
          covered[t] = Math.clamp((like - COVER_FROM) / (COVER_TO - COVER_FROM), 0, 1);
        }
      }
    }
    return covered;
  }

  /**
   * Other cards that say what a card says.
   *
   * @param cards their places
   * @param shares how much each says the same, above 0 to 1
   */
  record Twins(int[] cards, double[] shares) {
    /** How many say the same, the card itself included. */
    double crowd() {
      double crowd = 1;
      for (double share : shares) {
        crowd += share;
      }
      return crowd;
    }
  }

  private static List<Twins> twins(List<ExpertCard> cards, Map<String, float[]> vectors) {
    int count = cards.size();
    var texts = cards.stream().map(card -> card.description().strip()).toList();
    List<float @Nullable []> all = new ArrayList<>();
    texts.forEach(text -> all.add(vectors.get(text)));
    int[] found = new int[count];
    double[] likeness = new double[count];
    List<Twins> twins = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int n = 0;
      for (int j = 0; j < count; j++) {
        double share = i == j ? 0 : alike(texts.get(i), all.get(i), texts.get(j), all.get(j));
        if (share > 0) {
          found[n] = j;
          likeness[n++] = share;
        }
      }
      twins.add(new Twins(Arrays.copyOf(found, n), Arrays.copyOf(likeness, n)));
    }
    return twins;
  }

  private static double alike(
      String left, float @Nullable [] mine, String right, float @Nullable [] other) {
    if (left.equals(right)) {
      return 1;
    }
    return mine == null || other == null
        ? 0
        : Math.clamp(
            (DotProduct.best().of(mine, other, 0) - TWIN_FROM) / (TWIN_TO - TWIN_FROM), 0, 1);
  }

  private static Optional<List<float[]>> rows(List<String> texts, Map<String, float[]> vectors) {
    List<float[]> found = new ArrayList<>();
    for (var text : texts) {
      float[] vector = vectors.get(text);
      if (vector == null) {
        return Optional.empty();
      }
      found.add(vector);
    }
    return Optional.of(found);
  }

  /** The most any card covers each tag. */
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
