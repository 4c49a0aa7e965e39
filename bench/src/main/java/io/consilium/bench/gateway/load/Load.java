package io.consilium.bench.gateway.load;

import java.util.List;

/**
 * One piece of closed-loop load: {@code connections} keep-alive connections, each sending its next
 * chat request as soon as the previous reply has ended.
 *
 * @param port loopback port of the target
 * @param headers header lines to send beside the usual ones, each {@code "name: value"}
 * @param model the {@code model} of every request
 * @param promptTokens approximate tokens of each generated prompt; no two prompts are meant to be
 *     the same
 * @param frames content frames a complete stream has; 0 asks for plain JSON replies
 * @param connections connections held open
 * @param seconds how long new requests are started; ignored when {@code requestsEach} is positive
 * @param requestsEach requests per connection, or 0 to go by time
 * @param members further members of every request's JSON object, or empty
 * @param seed of the prompts
 */
public record Load(
    int port,
    List<String> headers,
    String model,
    int promptTokens,
    int frames,
    int connections,
    double seconds,
    int requestsEach,
    String members,
    long seed) {

  public Load {
    headers = List.copyOf(headers);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port must be 1 to 65535 but is " + port);
    }
    if (connections < 1) {
      throw new IllegalArgumentException("a load needs at least one connection");
    }
    if (!(seconds > 0) && requestsEach < 1) {
      throw new IllegalArgumentException("a load needs seconds or requestsEach above zero");
    }
  }

  /** Whether replies are event streams. */
  public boolean streamed() {
    return frames > 0;
  }
}
