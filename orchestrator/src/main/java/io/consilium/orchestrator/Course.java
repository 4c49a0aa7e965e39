package io.consilium.orchestrator;

import io.consilium.expert.Answer;
import io.consilium.expert.Decision;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to one question so far: who was asked, what they said, which tools were called,
 * and how much of the time went into waiting for them. For the thread that answers the question;
 * only the experts of {@link #timed} may be asked, and say what tools they called, from others.
 */
public final class Course {
  private final LongSupplier nanos;
  private final long arrived;
  private final List<Reply> replies = Collections.synchronizedList(new ArrayList<>());
  private List<Decision.Told> bought = List.of();
  private @Nullable Route route;
  private final Span silent = new Span(); // asked, and nothing heard yet
  private final Span busy = new Span(); // asked, and not done
  private volatile @Nullable ExpertCard expert;
  private boolean answered;
  private Decision.@Nullable Cached cached;
  private boolean cachedTogether;
  private List<Decision.Noted> notes = List.of();
  private final Set<Decision.Shown> shown = Collections.synchronizedSet(new LinkedHashSet<>());

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

  void bought(List<Decision.Told> evidence) {
    bought = List.copyOf(evidence);
  }

  void noted(List<Decision.Noted> remembered) {
    notes = List.copyOf(remembered);
  }

  void shown(Decision.Shown attempt) {
    shown.add(attempt);
  }

  void decided(Route decision) {
    route = decision;
  }

  void replied(Reply reply) {
    replies.add(reply);
  }

  /** The same expert, the time it takes counted here. */
  Expert timed(Expert delegate) {
    return new Expert() {
      @Override
      public ExpertCard card() {
        return delegate.card();
      }

      @Override
      public Answer answer(Question question, Consumer<Delta> out) {
        asked(delegate.card());
        var heard = new AtomicBoolean();
        try {
          return delegate.answer(
              question,
              piece -> {
                if (!heard.getAndSet(true)) {
                  silent.end(nanos.getAsLong());
                }
                out.accept(piece);
              });
        } finally {
          long now = nanos.getAsLong();
          if (!heard.getAndSet(true)) {
            silent.end(now);
          }
          busy.end(now);
        }
      }
    };
  }

  private void asked(ExpertCard card) {
    expert = card;
    long now = nanos.getAsLong();
    silent.begin(now);
    busy.begin(now);
  }

  /** The expert whose answer was given, where it is not the last one asked. */
  void answered(Answer answer) {
    answered = true;
    if (!answer.provenance().isEmpty()) {
      var id = answer.provenance().getFirst().expert();
      for (var reply : replies()) {
        if (reply.card().id().equals(id)) {
          expert = reply.card();
        }
      }
    }
  }

  /** An answer that was given before is given again, and nobody is asked. */
  void again(Answer answer, Decision.Cached from, Roster roster) {
    cached = from;
    answered = true;
    var experts = answer.provenance().stream().map(Answer.Contribution::expert).distinct().toList();
    cachedTogether = experts.size() > 1;
    expert =
        experts.isEmpty()
            ? null
            : roster.find(experts.getFirst()).map(Roster.Seat::card).orElse(null);
  }

  /** How long at least one of several overlapping calls was under way. */
  private static final class Span {
    private int open;
    private long since;
    private long total;

    synchronized void begin(long now) {
      if (open++ == 0) {
        since = now;
      }
    }

    synchronized void end(long now) {
      if (--open == 0) {
        total += now - since;
      }
    }

    synchronized long total(long now) {
      return open > 0 ? total + now - since : total;
    }
  }

  /** Where the answer came from, when it had been given before. */
  public Optional<Decision.Cached> cached() {
    return Optional.ofNullable(cached);
  }

  /** What was decided; empty before that. */
  public Optional<Route> route() {
    return Optional.ofNullable(route);
  }

  /**
   * Who answered, or else whom was asked last; empty when nobody was, and while several are asked
   * at once.
   */
  public Optional<ExpertCard> expert() {
    boolean open = !answered && route != null && route.plan() instanceof Plan.Panel;
    return open ? Optional.empty() : Optional.ofNullable(expert);
  }

  /** Whether the answer is that of several experts. */
  public boolean together() {
    if (cached != null) {
      return cachedTogether;
    }
    return route != null
        && switch (route.plan()) {
          case Plan.One one -> false;
          case Plan.Cascade cascade -> true;
          case Plan.Panel panel -> true;
          case Plan.Chain chain -> true;
          case Plan.Abstain abstain -> false;
        };
  }

  /** Every reply so far, in order. */
  public List<Reply> replies() {
    synchronized (replies) {
      return List.copyOf(replies);
    }
  }

  /** What was bought to decide, in order. */
  public List<Decision.Told> bought() {
    return bought;
  }

  /** What was remembered for it. */
  public List<Decision.Noted> notes() {
    return notes;
  }

  /** Attempts that experts were shown, each once, in order. */
  public List<Decision.Shown> shown() {
    synchronized (shown) {
      return List.copyOf(shown);
    }
  }

  /** What every reply so far cost together, and what was bought to decide, in US dollars. */
  public double usd() {
    double sum = 0;
    for (var told : bought) {
      sum += told.usd();
    }
    for (var reply : replies()) {
      sum += reply instanceof Reply.Answered answered ? answered.usd() : 0;
    }
    return sum;
  }

  /** Milliseconds since the request came. */
  public double millis() {
    return (nanos.getAsLong() - arrived) / 1e6;
  }

  /** Of {@link #millis}, those not spent waiting for an expert to begin or fail. */
  public double overheadMillis() {
    long now = nanos.getAsLong();
    return Math.max(0, (now - arrived - silent.total(now)) / 1e6);
  }

  /** Of {@link #millis}, those spent outside the experts; for when the answer is whole. */
  public double ownMillis() {
    long now = nanos.getAsLong();
    return Math.max(0, (now - arrived - busy.total(now)) / 1e6);
  }
}
