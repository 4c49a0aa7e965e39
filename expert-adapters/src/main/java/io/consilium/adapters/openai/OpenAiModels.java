package io.consilium.adapters.openai;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Health;
import io.consilium.expert.SecretRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import tools.jackson.databind.JsonNode;

/**
 * What a server lists under {@code GET /models}: for discovery, and as a cheap sign of life. It
 * does not ask a model anything, so a model that is listed may still fail.
 */
public final class OpenAiModels {
  private final OpenAiClient client;
  private final Function<SecretRef, String> secrets;
  private final Duration patience;

  /**
   * A model a server lists.
   *
   * @param id the name to ask for
   * @param contextWindow the most tokens it reads, where the server says so; else 0
   */
  public record Listed(String id, int contextWindow) {}

  /**
   * @param patience the longest time one listing may take
   */
  public OpenAiModels(OpenAiClient client, Function<SecretRef, String> secrets, Duration patience) {
    this.client = client;
    this.secrets = secrets;
    this.patience = patience;
  }

  /**
   * The models the server lists, in its order. Blocks for {@code patience} at most.
   *
   * @throws ExpertException when there is no such server, or it is not one that lists models
   */
  public List<Listed> list(Endpoint endpoint) {
    var upstream = Upstream.of(endpoint);
    var credentials = upstream.credentials(secrets);
    var failures = new UpstreamFailures(upstream, credentials.values());
    var request = new HttpUriRequestBase("GET", upstream.at("models"));
    Upstream.sign(request, credentials);
    return client.exchange(
        request,
        upstream,
        client.clock().instant().plus(patience),
        (reply, watched) -> {
          Replies.requireOk(reply, failures, client.clock().instant());
          var body = Replies.whole(reply, client.limits().body(), failures);
          return listed(Replies.parsed(body, reply, failures));
        });
  }

  private static List<Listed> listed(JsonNode root) {
    List<Listed> models = new ArrayList<>();
    for (var model : root.path("data")) {
      var id = model.path("id").asString("");
      if (!id.isEmpty()) {
        models.add(new Listed(id, contextWindow(model)));
      }
    }
    return models;
  }

  /** vLLM, OpenRouter, LM Studio and llama.cpp each have a name for it. */
  private static int contextWindow(JsonNode model) {
    for (var name : List.of("max_model_len", "context_length", "max_context_length")) {
      if (model.path(name).canConvertToInt() && model.path(name).intValue() > 0) {
        return model.path(name).intValue();
      }
    }
    return Math.max(0, model.path("meta").path("n_ctx_train").asInt(0));
  }

  /** How the card's server fares: up when it lists the card's model. Never throws. */
  public Health probe(ExpertCard card) {
    var now = client.clock().instant();
    try {
      return judge(list(card.endpoint()), card.endpoint().model(), now);
    } catch (ExpertException e) {
      return switch (e.kind()) {
        // it is there, but lists nothing: not every server does
        case CONFIGURATION -> new Health(Health.Status.UP, "", now);
        case RATE_LIMITED -> new Health(Health.Status.DEGRADED, e.message(), now);
        case CANCELLED -> Health.UNKNOWN;
        default -> new Health(Health.Status.DOWN, e.message(), now);
      };
    }
  }

  private static Health judge(List<Listed> models, String wanted, Instant now) {
    boolean listed =
        models.stream().anyMatch(m -> m.id().equals(wanted) || m.id().startsWith(wanted + ":"));
    if (listed || models.isEmpty()) {
      return new Health(Health.Status.UP, "", now);
    }
    var some = models.stream().limit(5).map(Listed::id).collect(Collectors.joining(", "));
    return new Health(
        Health.Status.DEGRADED,
        "the server lists no model '%s'; it has %s%s"
            .formatted(wanted, some, models.size() > 5 ? ", …" : ""),
        now);
  }
}
