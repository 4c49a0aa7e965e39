package io.consilium.adapters;

import io.consilium.expert.Delta;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Does work on a virtual thread of its own and carries its pieces to the calling thread, which
 * keeps the promises of {@link io.consilium.expert.Expert}: pieces reach the reader on the calling
 * thread, and the deadline, an interruption or a reader who throws end the work by interrupting it.
 */
public final class Relay {
  /** Pieces that may wait for a slow reader before the work is held up. */
  private static final int WAITING_PIECES = 256;

  private final String expert;
  private final InstantSource clock;
  private final Function<Throwable, ExpertException> translate;

  /** Something that takes time and may say pieces on the way, from whatever thread. */
  @FunctionalInterface
  public interface Work<T> {
    /** Returns the result; interruption should end it soon. */
    T run(Consumer<Delta> pieces) throws Exception;
  }

  private sealed interface Signal<T> {
    record Piece<T>(Delta delta) implements Signal<T> {}

    record Done<T>(T result) implements Signal<T> {}

    record Failed<T>(Throwable cause) implements Signal<T> {}
  }

  /**
   * @param expert its id, for messages
   * @param clock that deadlines are read on
   * @param translate turns what the work throws into a failure; not asked about {@link
   *     ExpertException}s
   */
  public Relay(String expert, InstantSource clock, Function<Throwable, ExpertException> translate) {
    this.expert = expert;
    this.clock = clock;
    this.translate = translate;
  }

  /** Does the work within the question's deadline. */
  public <T> T run(Question question, Consumer<Delta> out, Work<T> work) {
    left(question);
    BlockingQueue<Signal<T>> queue = new ArrayBlockingQueue<>(WAITING_PIECES);
    var worker =
        Thread.ofVirtual()
            .name(expert + "-" + question.terms().decision())
            .start(() -> work(work, queue));
    try {
      while (true) {
        switch (next(queue, question)) {
          case Signal.Piece<T> piece -> out.accept(piece.delta());
          case Signal.Done<T> done -> {
            return done.result();
          }
          case Signal.Failed<T> failed -> throw failure(failed.cause());
        }
      }
    } finally {
      worker.interrupt();
    }
  }

  private <T> void work(Work<T> work, BlockingQueue<Signal<T>> queue) {
    Signal<T> end;
    try {
      end = new Signal.Done<>(work.run(piece -> say(piece, queue)));
    } catch (Throwable e) { // whatever it is, the calling thread must hear of it
      end = new Signal.Failed<>(e);
    }
    try {
      queue.put(end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody listens any more
    }
  }

  private <T> void say(Delta piece, BlockingQueue<Signal<T>> queue) {
    try {
      queue.put(new Signal.Piece<>(piece));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(e);
    }
  }

  private <T> Signal<T> next(BlockingQueue<Signal<T>> queue, Question question) {
    try {
      var signal = queue.poll(left(question).toNanos(), TimeUnit.NANOSECONDS);
      if (signal == null) {
        throw late();
      }
      return signal;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(e);
    }
  }

  private Duration left(Question question) {
    var left = question.terms().left(clock.instant());
    if (left.isZero()) {
      throw late();
    }
    return left;
  }

  private ExpertException late() {
    return new ExpertException(
        FailureKind.DEADLINE_EXCEEDED,
        "the deadline passed before %s had answered; allow more time or ask a faster expert"
            .formatted(expert));
  }

  private ExpertException cancelled(@Nullable Throwable cause) {
    return new ExpertException(
        FailureKind.CANCELLED, "the call of %s was interrupted".formatted(expert), cause);
  }

  private ExpertException failure(Throwable cause) {
    if (cause instanceof ExpertException failure) {
      return failure;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return translate.apply(cause);
  }
}
