package io.consilium.aggregator;

import io.consilium.expert.Reply;
import java.util.List;
import java.util.Optional;

/** The replies of a panel, pulled one by one as they come. For one thread. */
public interface Replies {
  /**
   * The next answer. Blocks until one comes; failures are passed over.
   *
   * @return empty when no more will come
   */
  Optional<Reply.Answered> next();

  /** The kind of question they answer, as guessed or told; "" where it is not known. */
  default String kind() {
    return "";
  }

  /** P(correct) as forecast of each expert that is still out; 0.5 where nothing was forecast. */
  List<Double> awaited();

  /** P(correct) as forecast of who gave this reply; 0.5 where nothing was. */
  static double forecast(Reply reply) {
    var forecast = reply.forecast();
    return forecast == null ? 0.5 : forecast.p();
  }
}
