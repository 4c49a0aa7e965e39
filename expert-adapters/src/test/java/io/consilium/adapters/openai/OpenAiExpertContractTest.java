package io.consilium.adapters.openai;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Endpoint;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Provider;
import io.consilium.expert.testing.ExpertContract;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

final class OpenAiExpertContractTest extends ExpertContract {
  private final FakeUpstream upstream = FakeUpstream.start();
  private final OpenAiClient client = new OpenAiClient(address -> {});

  @AfterEach
  void close() {
    client.close();
    upstream.close();
  }

  private Expert asking(String model) {
    var card =
        ExpertCard.of(
                model,
                new ExpertKind.Llm(),
                "A fake model.",
                new Endpoint(Provider.OPENAI, upstream.url(), model, null, Map.of(), Map.of()))
            .withFeatures(Set.of(Feature.TOOLS));
    return new OpenAiExpert(card, client, ref -> "secret");
  }

  @Override
  protected Expert expert() {
    return asking("plain");
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Override
  protected Optional<Expert> waiting() {
    return Optional.of(asking("hang"));
  }

  @Override
  protected Optional<Expert> callingTools() {
    return Optional.of(asking("tools"));
  }

  @Override
  protected List<Expert> failing() {
    return Stream.of(
            "html", "not-http", "hang-up", "cut-before-first", "bad-sse", "401", "429", "500")
        .map(this::asking)
        .toList();
  }
}
