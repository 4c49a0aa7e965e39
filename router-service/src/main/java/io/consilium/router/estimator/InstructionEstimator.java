package io.consilium.router.estimator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.expert.index.DotProduct;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An LLM writes in one sentence what task a question is, and the sentence is compared with what the
 * experts' cards describe (GLIDER's global router, Li et al. 2024, arXiv 2410.07172). The sentence
 * is bought beforehand, by {@link #describe}, and kept by question; {@link #estimate} only reads
 * it, so that routing stays free of effects and unpaid questions go without this evidence.
 *
 * <p>Not when cheaper evidence is already decisive, and not where descriptions say little: a
 * sentence costs a call and half a second.
 */
public final class InstructionEstimator implements Estimator {
  private static final Logger log = LoggerFactory.getLogger(InstructionEstimator.class);

  private static final String ASK =
      "Describe in one plain sentence what task the following request asks for and which field of"
          + " knowledge it needs. Do not carry it out.\n\n";

  /** What a description alone is worth as evidence. */
  private static final double EVIDENCE = 0.25;

  /** Log-odds per unit of cosine beyond the roster's mean. */
  private static final double SLOPE = 4;

  /** Longer sentences are cut. */
  private static final int LONGEST = 400;

  private final Expert writer;
  private final Embedder embedder;
  private final Cache<String, Task> tasks;
  private volatile Described described = new Described("", Map.of());

  private record Task(String sentence, float[] vector) {}

  private record Described(String roster, Map<String, float[]> vectors) {}

  /**
   * An estimator that buys its sentences from {@code writer}.
   *
   * @param embedder of sentences and descriptions
   * @param kept how many sentences are remembered
   */
  public InstructionEstimator(Expert writer, Embedder embedder, long kept) {
    this.writer = writer;
    this.embedder = embedder;
    this.tasks = Caffeine.newBuilder().maximumSize(kept).build();
  }

  @Override
  public String name() {
    return "instruction";
  }

  /**
   * Buys the sentence for a question, unless it is there already; blocks for one call. A writer
   * that fails leaves the question without; cancellation is passed on.
   *
   * @param terms of the call: its deadline and budget
   * @return the sentence, or empty when the writer failed
   */
  public Optional<String> describe(QuestionProfile profile, Terms terms) {
    var known = tasks.getIfPresent(profile.hash());
    if (known != null) {
      return Optional.of(known.sentence);
    }
    try {
      var answer = writer.answer(Question.of(ASK + profile.text(), terms), delta -> {});
      var sentence = answer.text().strip();
      if (sentence.isEmpty()) {
        return Optional.empty();
      }
      sentence = sentence.substring(0, Math.min(LONGEST, sentence.length()));
      tasks.put(profile.hash(), new Task(sentence, embedder.embed(sentence)));
      return Optional.of(sentence);
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.CANCELLED) {
        throw e;
      }
      log.warn("routing without a task description: {}", e.message());
      return Optional.empty();
    }
  }

  /** Embeds the descriptions of a roster; blocks, so call it when the roster changes. */
  public void prepare(Roster roster) {
    Map<String, float[]> vectors = new HashMap<>();
    List<String> texts =
        roster.cards().stream().map(card -> card.description().strip()).distinct().toList();
    texts = texts.stream().filter(text -> !text.isEmpty()).toList();
    var all = embedder.embed(texts);
    for (int i = 0; i < texts.size(); i++) {
      vectors.put(texts.get(i), all.get(i));
    }
    described = new Described(roster.id(), Map.copyOf(vectors));
  }

  @Override
  public Estimates estimate(QuestionProfile profile, Roster roster) {
    int seats = roster.seats().size();
    var task = tasks.getIfPresent(profile.hash());
    if (task == null) {
      return Estimates.none(seats);
    }
    var vectors = described.vectors;
    double[] cosine = new double[seats];
    boolean[] known = new boolean[seats];
    double sum = 0;
    int count = 0;
    for (int i = 0; i < seats; i++) {
      float[] vector = vectors.get(roster.seats().get(i).card().description().strip());
      if (vector != null) {
        cosine[i] = DotProduct.best().of(task.vector, vector, 0);
        known[i] = true;
        sum += cosine[i];
        count++;
      }
    }
    double[] p = new double[seats];
    double[] weight = new double[seats];
    for (int i = 0; i < seats; i++) {
      p[i] = known[i] ? Rates.chance(Shares.sigmoid(SLOPE * (cosine[i] - sum / count))) : 0.5;
      weight[i] = known[i] && count > 1 ? EVIDENCE : 0;
    }
    return Estimates.of(
        p, weight, i -> known[i] ? "%.2f like: %s".formatted(cosine[i], task.sentence) : "");
  }
}
