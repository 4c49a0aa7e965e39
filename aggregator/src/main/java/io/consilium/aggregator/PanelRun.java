package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Plan;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A panel under way: all members at once, each on a thread of its own. A reply with nothing in it
 * is shown to the aggregator but makes no quorum. Where members were asked for something else than
 * an answer ({@link Asks}) and the aggregator makes nothing of it, one is asked the question
 * itself.
 */
final class PanelRun implements Replies {
  private final Asking asking;
  private final ThreadFactory threads;
  private final Aggregator aggregator;
  private final LinkedBlockingQueue<Asking.Heard> heard = new LinkedBlockingQueue<>();
  private final Map<String, Thread> out = new LinkedHashMap<>();
  private final List<Reply.Answered> answers = new ArrayList<>();
  private final List<String> spares = new ArrayList<>();
  private final List<Asking.Heard> untold = new ArrayList<>();
  private int quorum;
  private int counted;
  private long until = Long.MAX_VALUE;
  private long hedgeAt = Long.MAX_VALUE;

  PanelRun(Asking asking, ThreadFactory threads, Aggregator aggregator) {
    this.asking = asking;
    this.threads = threads;
    this.aggregator = aggregator;
  }

  Answer run(Plan.Panel plan) {
    quorum = plan.quorum();
    long start = asking.now();
    spares.addAll(plan.fallbacks());
    if (plan.millis() > 0) {
      until = after(plan.millis());
    }
    if (plan.hedge() != null) {
      hedgeAt = after(plan.hedge());
    }
    try {
      plan.members().forEach(this::start);
      var fused = fused();
      if (fused.isPresent()) {
        return asking.whole(fused.get(), asking.started());
      }
      while (counted == 0 && next().isPresent()) {
        // somebody may still have something to say
      }
      if (aggregator instanceof Asks) {
        return asking.firstOf(plainly(plan));
      }
      boolean nothing = counted == 0 && (answers.isEmpty() || !spares.isEmpty());
      return nothing
          ? asking.firstOf(spares)
          : asking.whole(unfused(plan.aggregator()), asking.started());
    } finally {
      cancel(start);
    }
  }

  /** What the aggregator makes of the replies; empty when it makes nothing or fails. */
  private Optional<Answer> fused() {
    try {
      return aggregator.aggregate(asking.question, this, asking.out());
    } catch (ExpertException failure) {
      if (asking.started() || failure.kind() == FailureKind.CANCELLED) {
        throw failure;
      }
      return Optional.empty();
    }
  }

  /** Whom to ask plainly: who wrote something, best first; the aggregator's expert; the spares. */
  private List<String> plainly(Plan.Panel plan) {
    var alive = new LinkedHashSet<String>();
    answers.stream()
        .filter(answer -> !answer.answer().isEmpty())
        .sorted(Comparator.comparingDouble((Reply.Answered answer) -> -Replies.forecast(answer)))
        .forEach(answer -> alive.add(answer.card().id()));
    plan.helper().ifPresent(alive::add);
    alive.addAll(spares);
    return List.copyOf(alive);
  }

  private static long after(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void start(String member) {
    var thread = threads.newThread(() -> heard.add(asked(member)));
    out.put(member, thread);
    thread.start();
  }

  /** The most promising reply, where the aggregator made nothing of them. */
  private Answer unfused(String named) {
    var best = best();
    List<Answer.Contribution> shares = new ArrayList<>();
    shares.add(
        new Answer.Contribution(
            best.card().id(), best.card().version(), "the answer, for " + named + " gave none"));
    for (var answer : answers) {
      if (!answer.equals(best)) {
        shares.add(
            new Answer.Contribution(answer.card().id(), answer.card().version(), "not used"));
      }
    }
    return best.answer().from(shares);
  }

  private Asking.Heard asked(String member) {
    try {
      return aggregator instanceof Asks asks
          ? asking.ask(member, asks.asked(asking.question, member))
          : asking.ask(member);
    } catch (RuntimeException e) {
      return new Asking.Heard(
          member,
          null,
          new ExpertException(FailureKind.INTERNAL, member + " failed: " + e.getMessage(), e));
    }
  }

  @Override
  public Optional<Reply.Answered> next() {
    while (!out.isEmpty() && counted < quorum) {
      var came = take();
      if (came == null) {
        if (until != Long.MAX_VALUE && System.nanoTime() - until >= 0) {
          return Optional.empty();
        }
        hedge();
        continue;
      }
      out.remove(came.id());
      asking.note(came);
      tell(came);
      if (came.answered().isPresent()) {
        answers.add(came.answered().get());
        counted += came.answered().get().answer().isEmpty() ? 0 : 1;
        return came.answered();
      }
    }
    return Optional.empty();
  }

  /** Somebody spare is asked for each who is still out. */
  private void hedge() {
    hedgeAt = Long.MAX_VALUE;
    for (int late = out.size(); late > 0 && !spares.isEmpty(); late--) {
      start(spares.removeFirst());
    }
  }

  /** Progress goes out from the first answer on: from there the panel cannot fail. */
  private void tell(Asking.Heard came) {
    untold.add(came);
    if (counted > 0 || came.answered().filter(reply -> !reply.answer().isEmpty()).isPresent()) {
      untold.forEach(asking::progress);
      untold.clear();
    }
  }

  /** The next that is done; null when it is time to stop waiting, or to ask somebody spare. */
  private Asking.@Nullable Heard take() {
    long wake = spares.isEmpty() ? until : Math.min(until, hedgeAt);
    try {
      return wake == Long.MAX_VALUE
          ? heard.take()
          : heard.poll(Math.max(0, wake - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the caller went away", e);
    }
  }

  @Override
  public String kind() {
    return asking.kind();
  }

  @Override
  public List<Double> awaited() {
    return counted >= quorum ? List.of() : out.keySet().stream().map(asking::p).toList();
  }

  private Reply.Answered best() {
    var best = answers.getFirst();
    for (var answer : answers) {
      int fuller = Boolean.compare(best.answer().isEmpty(), answer.answer().isEmpty());
      if (fuller > 0 || (fuller == 0 && Replies.forecast(answer) > Replies.forecast(best))) {
        best = answer;
      }
    }
    return best;
  }

  /**
   * Interrupts those still out. What came meanwhile is noted, for it was paid; how one ends that
   * was interrupted is its own way of being cancelled.
   */
  private void cancel(long start) {
    for (var late = heard.poll(); late != null; late = heard.poll()) {
      out.remove(late.id());
      asking.note(late);
    }
    out.values().forEach(Thread::interrupt);
    for (var late = heard.poll(); late != null; late = heard.poll()) {
      if (late.answered().isPresent()) {
        out.remove(late.id());
        asking.note(late);
      }
    }
    out.keySet().forEach(id -> asking.noteCancelled(asking.cancelled(id, start)));
    out.clear();
  }
}
