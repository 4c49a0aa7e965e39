package io.consilium.expert;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** The programme for one question: decided by the router, run by the aggregator. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Plan.One.class, name = "one"),
  @JsonSubTypes.Type(value = Plan.Abstain.class, name = "abstain")
})
public sealed interface Plan {
  /** The name used in JSON and in the {@code x-consilium-plan} header. */
  String type();

  /**
   * One expert answers; should it fail before its first piece, the next is asked.
   *
   * @param expert the id of the expert to ask
   * @param fallbacks whom to ask instead, best first
   */
  record One(String expert, List<String> fallbacks) implements Plan {
    public One {
      fallbacks = List.copyOf(fallbacks);
    }

    @Override
    public String type() {
      return "one";
    }
  }

  /**
   * Nobody answers.
   *
   * @param reason why, in words for the caller
   */
  record Abstain(String reason) implements Plan {
    @Override
    public String type() {
      return "abstain";
    }
  }
}
