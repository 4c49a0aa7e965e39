package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Plan;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A panel under way: all members at once, each on a thread of its own. */
final class PanelRun implements Replies {
  private final Asking asking;
  private final ThreadFactory threads;
  private final Aggregator aggregator;
  private final LinkedBlockingQueue<Asking.Heard> heard = new LinkedBlockingQueue<>();
  private final Map<String, Thread> out = new LinkedHashMap<>();
  private final List<Reply.Answered> answers = new ArrayList<>();
  private int quorum;
  private long until;
  private boolean limited;

  PanelRun(Asking asking, ThreadFactory threads, Aggregator aggregator) {
    this.asking = asking;
    this.threads = threads;
    this.aggregator = aggregator;
  }

  Answer run(Plan.Panel plan) {
    quorum = plan.quorum();
    limited = plan.millis() > 0;
    long start = asking.now();
    until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(plan.millis());
    try {
      for (var member : plan.members()) {
        var thread = threads.newThread(() -> heard.add(asked(member)));
        out.put(member, thread);
        thread.start();
      }
      Optional<Answer> fused = Optional.empty();
      try {
        fused = aggregator.aggregate(asking.question, this, asking.out());
      } catch (ExpertException failure) {
        if (asking.started() || failure.kind() == FailureKind.CANCELLED) {
          throw failure;
        }
      }
      if (fused.isPresent()) {
        return asking.whole(fused.get(), asking.started());
      }
      var first = answers.isEmpty() ? next() : Optional.of(answers.getFirst());
      return first.isEmpty()
          ? asking.firstOf(plan.fallbacks())
          : asking.whole(best().answer(), asking.started());
    } finally {
      cancel(start);
    }
  }

  private Asking.Heard asked(String member) {
    try {
      return asking.ask(member);
    } catch (RuntimeException e) {
      return new Asking.Heard(
          member,
          null,
          new ExpertException(FailureKind.INTERNAL, member + " failed: " + e.getMessage(), e));
    }
  }

  @Override
  public Optional<Reply.Answered> next() {
    while (!out.isEmpty() && answers.size() < quorum) {
      var came = take();
      if (came == null) {
        return Optional.empty();
      }
      out.remove(came.id());
      asking.note(came);
      asking.progress(came);
      if (came.answered().isPresent()) {
        answers.add(came.answered().get());
        return came.answered();
      }
    }
    return Optional.empty();
  }

  /** The next that is done; null when the panel has waited long enough. */
  private Asking.@Nullable Heard take() {
    try {
      return limited
          ? heard.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS)
          : heard.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the caller went away", e);
    }
  }

  @Override
  public List<Double> awaited() {
    return answers.size() >= quorum ? List.of() : out.keySet().stream().map(asking::p).toList();
  }

  private Reply.Answered best() {
    var best = answers.getFirst();
    for (var answer : answers) {
      if (Replies.forecast(answer) > Replies.forecast(best)) {
        best = answer;
      }
    }
    return best;
  }

  /** Interrupts those still out; what came meanwhile is noted, for it was paid. */
  private void cancel(long start) {
    out.values().forEach(Thread::interrupt);
    for (var late = heard.poll(); late != null; late = heard.poll()) {
      out.remove(late.id());
      asking.note(late);
    }
    out.keySet().forEach(id -> asking.noteCancelled(asking.cancelled(id, start)));
    out.clear();
  }
}
