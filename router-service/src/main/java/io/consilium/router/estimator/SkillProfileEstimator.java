package io.consilium.router.estimator;

import io.consilium.expert.index.Words;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.fit.Training;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Skill keywords of the question against signed skill profiles (Symbolic-MoE, Chen et al. 2025,
 * arXiv 2503.05641): every keyword of a question answered right raises an expert's score for that
 * keyword, every one answered wrong lowers it; a question is scored by its keywords, on top of each
 * expert's overall strength. The paper asks an LLM for the keywords; here they are the question's
 * own content words, and scores are compared with the pool's, so that an easy keyword is no skill
 * of anybody's. Needs no embedding.
 *
 * <p>Not for questions in other words than the recorded ones: a keyword never seen says nothing.
 */
public final class SkillProfileEstimator implements Method {
  /** Keywords in fewer questions are left out. */
  private static final int RARE = 8;

  /** The commonest keywords kept. */
  private static final int VOCABULARY = 4_000;

  /**
   * What was learnt.
   *
   * @param keywords in alphabetical order
   * @param level per keyword, how much easier its questions are than others
   * @param profile per keyword and expert, its signed skill beyond the pool's
   * @param slopes log-odds per unit of mean level, and per unit of mean skill
   */
  record State(
      List<String> experts,
      List<String> keywords,
      double[] level,
      double[][] profile,
      double[] slopes,
      double[] mean,
      double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      return Estimates.none(experts.size());
    }

    @Override
    public Estimates of(QuestionProfile question, TextSpace space) {
      Set<String> found = read(question);
      double[] skill = new double[mean.length];
      double easy = 0;
      int known = 0;
      for (var keyword : found) {
        int k = Collections.binarySearch(keywords, keyword);
        if (k >= 0) {
          easy += level[k];
          known++;
          for (int e = 0; e < skill.length; e++) {
            skill[e] += profile[k][e];
          }
        }
      }
      double[] p = new double[mean.length];
      double[] weight = new double[mean.length];
      for (int e = 0; e < p.length; e++) {
        double score = known == 0 ? 0 : (slopes[0] * easy + slopes[1] * skill[e]) / known;
        p[e] = Rates.chance(Shares.sigmoid(Shares.logit(mean[e]) + score));
        weight[e] = weights[e] * known / (known + 3.0);
      }
      int all = known;
      return Estimates.of(
          p,
          weight,
          e ->
              all == 0
                  ? "no known keyword"
                  : "skill %+.2f over %d keywords".formatted(skill[e], all));
    }
  }

  @Override
  public String name() {
    return "skill_profile";
  }

  @Override
  public String input() {
    return "outcomes, words of questions; no vectors";
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  /** The keywords of a question: its content words, each once. */
  static Set<String> read(QuestionProfile profile) {
    Set<String> found = new HashSet<>();
    for (var word : Words.of(profile.text())) {
      if (word.length() > 2) {
        found.add(word);
      }
    }
    return found;
  }

  static State state(Training training) {
    var residuals = Residuals.of(training.records());
    int experts = residuals.experts();
    List<Set<String>> questions = new ArrayList<>();
    Map<String, Integer> frequency = new HashMap<>();
    for (var profile : training.profiles()) {
      var found = read(profile);
      questions.add(found);
      found.forEach(keyword -> frequency.merge(keyword, 1, Integer::sum));
    }
    var keywords =
        frequency.entrySet().stream()
            .filter(entry -> entry.getValue() >= RARE && entry.getValue() * 2 <= questions.size())
            .sorted(
                Map.Entry.<String, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(VOCABULARY)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    Map<String, Integer> places = new HashMap<>();
    keywords.forEach(keyword -> places.put(keyword, places.size()));
    int[][] found =
        questions.stream()
            .map(words ->
                words.stream()
                    .filter(places::containsKey)
                    .sorted()
                    .mapToInt(word -> places.getOrDefault(word, -1))
                    .toArray())
            .toArray(int[][]::new);
    var sums = Sums.of(residuals, found, keywords.size());
    double[] level = new double[keywords.size()];
    double[][] profile = new double[keywords.size()][experts];
    for (int k = 0; k < level.length; k++) {
      level[k] = sums.levels[k] / (sums.sizes[k] + sums.levelPseudo);
      for (int e = 0; e < experts; e++) {
        profile[k][e] = sums.contrasts[k][e] / (sums.counts[k][e] + sums.contrastPseudo);
      }
    }
    return new State(
        List.copyOf(training.records().experts()),
        keywords,
        level,
        profile,
        slopes(training, residuals, found, sums),
        residuals.rates().mean(),
        residuals.rates().weights());
  }

  /** Slopes on scores from which each question's own outcomes are taken out. */
  private static double[] slopes(Training training, Residuals residuals, int[][] found, Sums sums) {
    int experts = residuals.experts();
    double[][] levels = new double[found.length][experts];
    double[][] skills = new double[found.length][experts];
    for (int i = 0; i < found.length; i++) {
      for (int k : found[i]) {
        double level =
            (sums.levels[k] - residuals.level()[i]) / (sums.sizes[k] - 1 + sums.levelPseudo);
        for (int e = 0; e < experts; e++) {
          double own = residuals.contrast()[i][e];
          levels[i][e] += level / found[i].length;
          if (!Double.isNaN(own)) {
            skills[i][e] +=
                (sums.contrasts[k][e] - own)
                    / (sums.counts[k][e] - 1 + sums.contrastPseudo)
                    / found[i].length;
          }
        }
      }
    }
    double[] mean = residuals.rates().mean();
    return new double[] {
      Slope.fit(training.records(), mean, levels), Slope.fit(training.records(), mean, skills)
    };
  }

  /** What the questions of each keyword add up to. */
  private static final class Sums {
    private final double[] levels;
    private final double[] sizes;
    private final double[][] contrasts;
    private final double[][] counts;
    private double levelPseudo;
    private double contrastPseudo;

    private Sums(int keywords, int experts) {
      levels = new double[keywords];
      sizes = new double[keywords];
      contrasts = new double[keywords][experts];
      counts = new double[keywords][experts];
    }

    private static Sums of(Residuals residuals, int[][] found, int keywords) {
      var sums = new Sums(keywords, residuals.experts());
      double levelSquares = 0;
      double squares = 0;
      double n = 0;
      double items = 0;
      for (int i = 0; i < found.length; i++) {
        for (int k : found[i]) {
          sums.levels[k] += residuals.level()[i];
          sums.sizes[k]++;
          levelSquares += residuals.level()[i] * residuals.level()[i];
          items++;
          for (int e = 0; e < residuals.experts(); e++) {
            double contrast = residuals.contrast()[i][e];
            if (!Double.isNaN(contrast)) {
              sums.contrasts[k][e] += contrast;
              sums.counts[k][e]++;
              squares += contrast * contrast;
              n++;
            }
          }
        }
      }
      sums.levelPseudo =
          RegionTable.pseudo(
              new double[][] {sums.levels}, new double[][] {sums.sizes}, levelSquares, items);
      sums.contrastPseudo = RegionTable.pseudo(sums.contrasts, sums.counts, squares, n);
      return sums;
    }
  }
}
