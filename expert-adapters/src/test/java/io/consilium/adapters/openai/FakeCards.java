package io.consilium.adapters.openai;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Provider;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Service;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** Cards of models behind a fake server. */
final class FakeCards {
  private FakeCards() {}

  /** A model that can do everything, with the key {@code ${FAKE_KEY}}. */
  static ExpertCard card(URI url, String model) {
    return card(url, model, Map.of());
  }

  static ExpertCard card(URI url, String model, Map<String, SecretRef> headers) {
    return ExpertCard.of(
            model,
            new ExpertKind.Llm(),
            "A fake model.",
            new Endpoint(
                Provider.OPENAI, url, model, new SecretRef("${FAKE_KEY}"), headers, Map.of()))
        .withFeatures(Set.of(Feature.values()))
        .withServices(Set.of(Service.values()));
  }
}
