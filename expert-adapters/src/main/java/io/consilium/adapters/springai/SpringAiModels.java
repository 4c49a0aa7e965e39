package io.consilium.adapters.springai;

import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.ai.chat.model.ChatModel;

/** Makes experts of the chat models an application holds by name. */
public final class SpringAiModels {
  private final Function<String, Optional<Object>> beans;
  private final InstantSource clock;

  /**
   * Looks for models in an application.
   *
   * @param beans finds an object of the application by its name
   */
  public SpringAiModels(Function<String, Optional<Object>> beans, InstantSource clock) {
    this.beans = beans;
    this.clock = clock;
  }

  /**
   * The expert of a card whose endpoint's model is the name of a {@code ChatModel}.
   *
   * @throws ExpertException {@code CONFIGURATION} when the application holds no such model
   */
  public Expert expert(ExpertCard card) {
    var name = card.endpoint().model();
    if (beans.apply(name).orElse(null) instanceof ChatModel model) {
      return new SpringAiExpert(card, model, clock);
    }
    throw new ExpertException(
        FailureKind.CONFIGURATION,
        "%s names the Spring AI chat model '%s', and this application has none of that name: add its starter, or declare the expert by its address"
            .formatted(card.id(), name));
  }
}
