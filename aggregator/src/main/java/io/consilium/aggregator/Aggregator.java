package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Question;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes one answer of several replies.
 *
 * <p>Contract: it pulls replies as it needs them, and those it does not pull are cancelled; it is
 * called only when two or more experts may have answered, and it may be called by many threads at
 * once. It writes to {@code out} only when it makes text of its own and the question is streamed. A
 * failure ({@link ExpertException}) or an empty result makes the caller fall back to the most
 * promising reply.
 */
public interface Aggregator {
  /** Its name in plans, such as {@code weighted_vote}. */
  String name();

  /** One answer, saying who contributed what; empty when the replies give no ground for one. */
  Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out);
}
