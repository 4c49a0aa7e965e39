package io.consilium.worker.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One text being generated: what was asked, and the tokens as they come. The lane that works on it
 * never waits for its reader.
 */
public final class Generation {
  /**
   * What is asked.
   *
   * @param prompt tokens, at least one
   * @param mixes who generates; several only with {@code fusion}, in its order
   * @param fusion how several become one
   * @param sampling how tokens are drawn
   * @param maxTokens the most tokens generated
   * @param stops texts that end the answer and are left out of it
   * @param grammar GBNF with a rule {@code root}
   * @param topLogprobs alternatives reported for each token; -1 for no log-probabilities
   */
  public record Wish(
      int[] prompt,
      List<Mix> mixes,
      Optional<Fusion> fusion,
      Sampling sampling,
      int maxTokens,
      List<String> stops,
      @Nullable String grammar,
      int topLogprobs) {
    public Wish {
      if (prompt.length == 0) {
        throw WorkerException.invalid("prompt", "the prompt is empty");
      }
      if (maxTokens < 1) {
        throw WorkerException.invalid("max_tokens", "max_tokens is 1 or more, not " + maxTokens);
      }
      if (topLogprobs > 20) {
        throw WorkerException.invalid("top_logprobs", "at most 20 alternatives are reported");
      }
      mixes = List.copyOf(mixes);
      stops = List.copyOf(stops);
      if (mixes.size() != (fusion.isPresent() ? Math.max(2, mixes.size()) : 1)) {
        throw WorkerException.invalid("fusion", "fusion takes two runs or more");
      }
      if (fusion.isPresent()
          && switch (fusion.get()) {
            case Fusion.LogLinear linear -> linear.weights().length != mixes.size();
            case Fusion.Contrast contrast -> mixes.size() != 2;
          }) {
        throw WorkerException.invalid(
            "fusion", "log-linear fusion takes a weight per run; contrast takes two runs");
      }
    }

    /** One run of one mix. */
    public static Wish of(int[] prompt, Mix mix, Sampling sampling, int maxTokens) {
      return new Wish(
          prompt, List.of(mix), Optional.empty(), sampling, maxTokens, List.of(), null, -1);
    }
  }

  /** A token that might have been, with the natural logarithm of its probability. */
  public record Candidate(int token, double logprob) {}

  /** What happens while a text is generated. */
  public sealed interface Event {}

  /**
   * A token was drawn.
   *
   * @param text what may be said now, empty while a character or a stop text is unfinished
   * @param logprob natural logarithm of its probability before temperature; 0 when not asked for
   * @param top the likeliest tokens, likeliest first; empty when not asked for
   */
  public record Token(int token, String text, double logprob, List<Candidate> top)
      implements Event {}

  /**
   * The text is whole.
   *
   * @param rest what was still waiting
   * @param reason {@code stop} or {@code length}
   */
  public record Done(String rest, String reason, Cost cost) implements Event {}

  /** The text broke off. */
  public record Failed(WorkerException why) implements Event {}

  /** What a text took. */
  public record Cost(
      int promptTokens, int tokens, double promptMillis, double millis, double switchMicros) {}

  private final Wish wish;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final long asked = System.nanoTime();
  private volatile boolean cancelled;

  Generation(Wish wish) {
    this.wish = wish;
  }

  Wish wish() {
    return wish;
  }

  long waitedNanos() {
    return System.nanoTime() - asked;
  }

  boolean cancelled() {
    return cancelled;
  }

  void tell(Event event) {
    events.add(event);
  }

  /** The next event; waits for it. The last is {@link Done} or {@link Failed}. */
  public Event next() throws InterruptedException {
    return events.take();
  }

  /** Nobody reads any more: the lane stops at the next token. */
  public void cancel() {
    cancelled = true;
  }
}
