package io.consilium.expert;

import java.util.function.Consumer;

/**
 * Anything that answers: an LLM, an adapter on a base model, a classifier, a tool, a retriever, or
 * a whole composition.
 *
 * <p>Contract, held by every implementation and tested by {@code ExpertContract}:
 *
 * <ul>
 *   <li>{@link #answer} blocks until the answer is whole. It is meant for virtual threads; work
 *       that is bound to the processor moves to a platform pool inside.
 *   <li>Interrupting the thread ends the call soon, upstream work included, with {@link
 *       FailureKind#CANCELLED}. The deadline in the terms is honoured, with {@link
 *       FailureKind#DEADLINE_EXCEEDED}.
 *   <li>It throws only {@link ExpertException}.
 *   <li>When {@code parameters().stream()} is set, pieces go to {@code out} as they come, from the
 *       calling thread; whatever {@code out} throws ends the call and is passed on unchanged.
 *       Otherwise {@code out} is not used. The returned answer is whole either way.
 *   <li>Once a piece has gone out, a failure is final: the expert itself never starts over.
 *   <li>It may be called by many threads at once.
 * </ul>
 */
public interface Expert {
  /** What routers see of this expert. */
  ExpertCard card();

  /** Answers the question; see the contract above. */
  Answer answer(Question question, Consumer<Delta> out);
}
