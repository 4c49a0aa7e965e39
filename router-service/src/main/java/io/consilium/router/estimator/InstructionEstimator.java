package io.consilium.router.estimator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Reply;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.expert.index.DotProduct;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import java.time.Duration;
import java.util.ArrayList;
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

  private final Embedder embedder;
  private final Cache<String, Task> tasks;
  private volatile Map<String, float[]> described = Map.of();

  private record Task(String sentence, float[] vector) {}

  /**
   * An estimator that knows no sentence yet.
   *
   * @param embedder of sentences and descriptions
   * @param kept how many sentences are remembered
   */
  public InstructionEstimator(Embedder embedder, long kept) {
    this.embedder = embedder;
    this.tasks = Caffeine.newBuilder().maximumSize(kept).build();
  }

  @Override
  public String name() {
    return "instruction";
  }

  /**
   * What {@link #describe} may cost at most, in US dollars; 0 when the sentence is there already.
   */
  public double usd(QuestionProfile profile, Expert writer) {
    return tasks.getIfPresent(profile.hash()) != null
        ? 0
        : Survey.usd(writer, ASK + profile.text());
  }

  /**
   * Buys the sentence for a question, unless it is there already; blocks for one call. A writer
   * that fails leaves the question without; cancellation is passed on.
   *
   * @param writer writes it
   * @param terms of the call
   * @param patience how long the writer may take
   * @return its reply; empty when nothing had to be bought
   */
  public Optional<Reply> describe(
      QuestionProfile profile, Expert writer, Terms terms, Duration patience) {
    if (tasks.getIfPresent(profile.hash()) != null) {
      return Optional.empty();
    }
    var reply = Survey.ask(List.of(writer), ASK + profile.text(), terms, patience).getFirst();
    switch (reply) {
      case Reply.Answered answered -> keep(profile, answered.answer().text().strip());
      case Reply.Failed failed ->
          log.debug("routing without a task description: {}", failed.failure().message());
    }
    return Optional.of(reply);
  }

  private void keep(QuestionProfile profile, String said) {
    if (said.isEmpty()) {
      return;
    }
    var sentence = said.substring(0, Math.min(LONGEST, said.length()));
    try {
      tasks.put(profile.hash(), new Task(sentence, embedder.embed(sentence)));
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.CANCELLED) {
        throw e;
      }
      log.warn("routing without a task description: {}", e.message());
    }
  }

  /**
   * Embeds the descriptions of a roster; blocks, so call it when the roster changes. Without its
   * embedder it goes on with the descriptions it knows.
   */
  public void prepare(Roster roster) {
    Map<String, float[]> vectors = new HashMap<>();
    List<String> fresh = new ArrayList<>();
    for (var card : roster.cards()) {
      var text = card.description().strip();
      float[] known = described.get(text);
      if (known != null) {
        vectors.put(text, known);
      } else if (!text.isEmpty() && !fresh.contains(text)) {
        fresh.add(text);
      }
    }
    List<float[]> all;
    try {
      all = embedder.embed(fresh);
    } catch (ExpertException e) {
      log.warn("task descriptions are compared with the cards known before: {}", e.message());
      return;
    }
    for (int i = 0; i < fresh.size(); i++) {
      vectors.put(fresh.get(i), all.get(i));
    }
    described = Map.copyOf(vectors);
  }

  @Override
  public Estimates estimate(QuestionProfile profile, Roster roster) {
    int seats = roster.seats().size();
    var task = tasks.getIfPresent(profile.hash());
    if (task == null) {
      return Estimates.none(seats);
    }
    var vectors = described;
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
