package io.consilium.orchestrator;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to one question so far: who was asked, what they said, and how much of the time
 * went into waiting for them. For the thread that answers the question.
 */
public final class Course {
  private final LongSupplier nanos;
  private final long arrived;
  private final List<Reply> replies = new ArrayList<>();
  private @Nullable Route route;
  private @Nullable ExpertCard expert;
  private long waited;
  private long asked;
  private boolean waiting;

  /**
   * The course of a question that came at {@code arrived}.
   *
   * @param nanos a monotonic clock in nanoseconds
   * @param arrived its reading when the request came
   */
  public Course(LongSupplier nanos, long arrived) {
    this.nanos = nanos;
    this.arrived = arrived;
  }

  void decided(Route decision) {
    route = decision;
  }

  void replied(Reply reply) {
    replies.add(reply);
  }

  /** The same expert, its waiting time counted here until its first piece or its end. */
  Expert timed(Expert delegate) {
    return new Expert() {
      @Override
      public ExpertCard card() {
        return delegate.card();
      }

      @Override
      public Answer answer(Question question, Consumer<Delta> out) {
        expert = delegate.card();
        asked = nanos.getAsLong();
        waiting = true;
        try {
          return delegate.answer(
              question,
              piece -> {
                heard();
                out.accept(piece);
              });
        } finally {
          heard();
        }
      }
    };
  }

  private void heard() {
    if (waiting) {
      waiting = false;
      waited += nanos.getAsLong() - asked;
    }
  }

  /** What was decided; empty before that. */
  public Optional<Route> route() {
    return Optional.ofNullable(route);
  }

  /** Whom was asked last; empty when nobody was. */
  public Optional<ExpertCard> expert() {
    return Optional.ofNullable(expert);
  }

  /** Every reply so far, in order. */
  public List<Reply> replies() {
    return List.copyOf(replies);
  }

  /** What every reply so far cost together, in US dollars. */
  public double usd() {
    return replies.stream()
        .mapToDouble(reply -> reply instanceof Reply.Answered answered ? answered.usd() : 0)
        .sum();
  }

  /** Milliseconds since the request came. */
  public double millis() {
    return (nanos.getAsLong() - arrived) / 1e6;
  }

  /** Of {@link #millis}, those not spent waiting for an expert to begin or fail. */
  public double overheadMillis() {
    return Math.max(0, (nanos.getAsLong() - arrived - waited) / 1e6);
  }

  /** Of {@link #millis}, those spent outside the experts; for when the answer is whole. */
  public double ownMillis() {
    long theirs = replies.stream().mapToLong(reply -> reply.took().toNanos()).sum();
    return Math.max(0, (nanos.getAsLong() - arrived - theirs) / 1e6);
  }
}
