package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Runs the plan of a route over the experts it is handed: guarded ones in the service, recorded
 * ones in a replay, so that a replayed plan and a served plan are the same code.
 *
 * <p>Safe for concurrent use. It blocks like {@link Expert#answer} and keeps that contract: pieces
 * go to {@code out} only when the question is streamed, and once one has gone out a failure is
 * final. An answer put together from several goes out whole, when it is decided.
 */
public final class PlanRunner {
  private final LongSupplier nanos;
  private final ThreadFactory threads;
  private final NextStep nextStep;
  private final AggregatorCatalogue aggregators;

  /**
   * A runner with its own watch.
   *
   * @param nanos a monotonic clock in nanoseconds, such as {@code System::nanoTime}
   * @param threads on which the members of a panel are asked; virtual ones in the service
   * @param nextStep when cascades and chains go on
   * @param aggregators those that plans may name
   */
  public PlanRunner(
      LongSupplier nanos,
      ThreadFactory threads,
      NextStep nextStep,
      AggregatorCatalogue aggregators) {
    this.nanos = nanos;
    this.threads = threads;
    this.nextStep = nextStep;
    this.aggregators = aggregators;
  }

  /** A runner on virtual threads. */
  public PlanRunner(LongSupplier nanos, NextStep nextStep, AggregatorCatalogue aggregators) {
    this(nanos, Thread.ofVirtual().name("panel-", 0).factory(), nextStep, aggregators);
  }

  /** A runner on virtual threads, with aggregators that ask nobody. */
  public PlanRunner(LongSupplier nanos, NextStep nextStep, List<Aggregator> aggregators) {
    this(nanos, nextStep, AggregatorCatalogue.of(aggregators));
  }

  /**
   * Carries out {@code route} for {@code question}.
   *
   * @param experts finds the expert with an id; throws {@link ExpertException} when it is gone;
   *     called by several threads at once for a panel
   * @param out takes the pieces of a streamed answer, on the calling thread
   * @param onReply takes the result of every ask as soon as it is known, on the calling thread;
   *     failures included, and those that were cancelled because they were no longer needed
   * @throws ExpertException the failure of the only expert asked, or {@link FailureKind#ALL_FAILED}
   *     with the failure of each as suppressed exceptions
   */
  public Answer run(
      Route route,
      Question question,
      Function<String, Expert> experts,
      Consumer<Delta> out,
      Consumer<Reply> onReply) {
    var asking = new Asking(nanos, route, question, experts, out, onReply);
    return switch (route.plan()) {
      case Plan.One one when one.hedge() != null && !one.fallbacks().isEmpty() ->
          new HedgedRun(asking, threads, one.hedge()).run(one.experts());
      case Plan.One one -> asking.firstOf(one.experts());
      case Plan.Cascade cascade -> new CascadeRun(asking, nextStep).run(cascade);
      case Plan.Panel panel ->
          new PanelRun(asking, threads, aggregators.find(panel.aggregator(), asking::helper))
              .run(panel);
      case Plan.Chain chain -> new ChainRun(asking, nextStep).run(chain);
      case Plan.Abstain abstain -> Answer.refused(abstain.reason());
    };
  }
}
