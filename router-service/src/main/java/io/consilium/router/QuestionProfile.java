package io.consilium.router;

import io.consilium.expert.Decision;
import io.consilium.expert.Modality;
import io.consilium.expert.Question;
import io.consilium.expert.Skill;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the router knows of a question; made by {@link QuestionProfiler}. Immutable from outside:
 * the dear parts are computed when first asked for and kept. Safe for many threads.
 */
public final class QuestionProfile {
  private final Question question;
  private final String text;
  private final String fullText;
  private final String hash;
  private final int tokens;
  private final int earlierTokens;
  private final List<Modality> modalities;
  private final @Nullable String incumbent;
  private final Duration timeLeft;
  private final Supplier<List<Skill>> skills;
  private final Supplier<Optional<float[]>> embedding;
  private final Supplier<Optional<float[]>> request;
  private final Map<Object, Object> derived = new ConcurrentHashMap<>(2);

  QuestionProfile(
      Question question,
      String text,
      String fullText,
      String hash,
      int tokens,
      int earlierTokens,
      List<Modality> modalities,
      @Nullable String incumbent,
      Duration timeLeft,
      Supplier<List<Skill>> skills,
      Function<String, Optional<float[]>> embed) {
    this.question = question;
    this.text = text;
    this.fullText = fullText;
    this.hash = hash;
    this.tokens = tokens;
    this.earlierTokens = earlierTokens;
    this.modalities = List.copyOf(modalities);
    this.incumbent = incumbent;
    this.timeLeft = timeLeft;
    this.skills = new Once<>(skills);
    this.embedding = new Once<>(() -> embed.apply(text));
    this.request = new Once<>(() -> request(embed));
  }

  /** The question itself, with its terms. */
  public Question question() {
    return question;
  }

  /**
   * What is profiled: the last user turn, long ones by head and tail, after a digest of earlier
   * ones.
   */
  public String text() {
    return text;
  }

  /** The same with longer ends, for methods that read words: cheap to read, dear to embed. */
  public String fullText() {
    return fullText;
  }

  /**
   * Something computed from this profile, once for every {@code key}, so that estimators sharing a
   * representation share its price.
   */
  @SuppressWarnings("unchecked") // a key belongs to the one who computes, and always gives one type
  public <T> T derived(Object key, Function<QuestionProfile, T> compute) {
    return (T) derived.computeIfAbsent(key, k -> compute.apply(this));
  }

  /** SHA-256, in hex, of the whole last user turn in lower case with white space evened out. */
  public String hash() {
    return hash;
  }

  /** Estimated tokens of the whole conversation and the tools. */
  public int tokens() {
    return tokens;
  }

  /** How many of {@link #tokens} an expert that served the conversation so far has in its cache. */
  public int earlierTokens() {
    return earlierTokens;
  }

  /** What the messages are made of. */
  public List<Modality> modalities() {
    return modalities;
  }

  /** The id of the expert that served this conversation so far. */
  public Optional<String> incumbent() {
    return Optional.ofNullable(incumbent);
  }

  /** The time left for the answer when the question was profiled. */
  public Duration timeLeft() {
    return timeLeft;
  }

  /** Tags of what the question needs, strongest first, with weights in (0, 1]. */
  public List<Skill> skills() {
    return skills.get();
  }

  /**
   * The vector of {@link #text}; empty when the embedder is overloaded or away. Computed on first
   * use, and then it blocks; a pinned question never asks.
   */
  public Optional<float[]> embedding() {
    return embedding.get();
  }

  /**
   * The vector of what is asked: as {@link #embedding}, but where the question quotes a passage,
   * half of it is the vector of the question without that passage.
   */
  public Optional<float[]> request() {
    return request.get();
  }

  private Optional<float[]> request(Function<String, Optional<float[]>> embed) {
    var whole = embedding();
    var asked = Texts.asked(text);
    if (whole.isEmpty() || asked.equals(text)) {
      return whole;
    }
    return embed
        .apply(asked)
        .map(part -> {
          float[] sum = part.clone();
          float[] other = whole.get();
          for (int i = 0; i < sum.length; i++) {
            sum[i] += other[i];
          }
          return Vectors.unit(sum);
        })
        .or(() -> whole);
  }

  /** What the journal keeps of this profile. */
  public Decision.Profile summary() {
    return new Decision.Profile(
        hash,
        question.lastUserText().length(),
        tokens,
        skills().stream().map(Skill::name).toList(),
        modalities,
        question.tools().size());
  }

  /** Computes at most once. */
  private static final class Once<T> implements Supplier<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Supplier<T> source;
    private volatile @Nullable T value;

    private Once(Supplier<T> source) {
      this.source = source;
    }

    @Override
    public T get() {
      T known = value;
      if (known != null) {
        return known;
      }
      lock.lock();
      try {
        known = value;
        if (known == null) {
          known = source.get();
          value = known;
        }
        return known;
      } finally {
        lock.unlock();
      }
    }
  }
}
