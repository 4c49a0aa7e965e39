package io.consilium.orchestrator.batch;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.orchestrator.security.Caller;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads and answers requests as the endpoints do, for those that did not come over HTTP. */
public interface Desk {
  /**
   * Reads a request.
   *
   * @throws ExpertException naming the field, when it cannot be served as it is
   */
  Asked ask(Dialect dialect, ObjectNode body, Caller caller);

  /** How the endpoints write a failure. */
  Reply failed(ExpertException failure);

  /** A request that was read. */
  interface Asked {
    /**
     * The ids of the experts it would be put to, without asking anybody.
     *
     * @throws ExpertException when it cannot be routed
     */
    List<String> experts();

    /**
     * Answers it, and remembers the decision. Blocks; once only.
     *
     * @throws ExpertException when nobody could answer
     */
    Reply answer();
  }

  /**
   * What an endpoint would have said.
   *
   * @param status of HTTP
   * @param decision its id; empty where none was made
   * @param body the whole
   */
  record Reply(int status, String decision, JsonNode body) {}
}
