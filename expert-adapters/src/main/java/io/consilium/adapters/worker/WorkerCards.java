package io.consilium.adapters.worker;

import io.consilium.expert.CardState;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Measures;
import io.consilium.expert.Modality;
import io.consilium.expert.Owner;
import io.consilium.expert.Price;
import io.consilium.expert.Provider;
import io.consilium.expert.Service;
import io.consilium.expert.Skill;
import io.consilium.expert.card.InferenceServer;
import io.consilium.expert.card.InferenceServer.Engine;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Cards of what a worker serves. */
public final class WorkerCards {
  /** The option of an endpoint that names its worker. */
  public static final String WORKER = "worker";

  /** The option that lists llama.cpp's adapter scales: {@code 0:1,1:0}. */
  static final String SCALES = "lora";

  private WorkerCards() {}

  /** Whether a card is of this worker. */
  public static boolean isOf(ExpertCard card, String worker) {
    return worker.equals(card.endpoint().options().get(WORKER));
  }

  /** The id of a model's card: {@code worker/name}. */
  public static String id(InferenceServer server, WorkerModel model) {
    return server.name() + "/" + model.name().replaceAll("[^A-Za-z0-9._:@/-]", "-");
  }

  /** The card of each model, variant and adapter; ids are {@code worker/name}. */
  public static List<ExpertCard> of(InferenceServer server, List<WorkerModel> models) {
    List<ExpertCard> cards = new ArrayList<>();
    for (var model : models) {
      var id = id(server, model);
      if (ExpertCard.isId(id)) {
        cards.add(card(id, server, model, models));
      }
    }
    return cards;
  }

  private static ExpertCard card(
      String id, InferenceServer server, WorkerModel model, List<WorkerModel> all) {
    var base = model.base() == null ? null : server.name() + "/" + model.base();
    var said = server.said().get(model.name());
    var ours = server.engine() == Engine.EMBEDDED;
    return new ExpertCard(
        id,
        1,
        List.of(),
        switch (model.kind()) {
          case BASE -> new ExpertKind.Llm();
          case ADAPTER -> new ExpertKind.Adapter(base == null ? server.name() : base);
          case VARIANT ->
              new ExpertKind.Variant(base == null ? server.name() : base, settings(model, all));
        },
        said == null || said.description().isBlank()
            ? description(server, model, all)
            : said.description(),
        said == null || said.skills().isEmpty() ? skills(server, model) : said.skills(),
        Price.FREE,
        model.contextWindow(),
        Set.of(Modality.TEXT),
        Set.of(Feature.STRUCTURED_OUTPUT, Feature.LOGPROBS),
        Set.of(Service.CHAT),
        Measures.NONE,
        Measures.NONE,
        base,
        null,
        endpoint(server, model, all),
        // a bare base or variant of the embedded worker serves its adapters; it can be asked by
        // name
        ours && model.kind() != WorkerModel.Kind.ADAPTER && model.description().isBlank()
            ? CardState.PROFILED
            : CardState.ROUTABLE,
        Owner.DISCOVERED,
        null);
  }

  /** In what a variant differs from its base. */
  private static Map<String, String> settings(WorkerModel variant, List<WorkerModel> all) {
    var base = all.stream().filter(other -> other.name().equals(variant.base())).findFirst();
    Map<String, String> settings = new TreeMap<>();
    if (base.isEmpty() || base.get().activeExperts() != variant.activeExperts()) {
      settings.put("active_experts", Integer.toString(variant.activeExperts()));
    }
    if (base.isPresent() && !base.get().quantisation().equals(variant.quantisation())) {
      settings.put("quantisation", variant.quantisation());
    }
    return settings;
  }

  private static String description(
      InferenceServer server, WorkerModel model, List<WorkerModel> all) {
    if (!model.description().isBlank()) {
      return model.description();
    }
    var where = "served by %s at %s".formatted(server.engine().title(), server.name());
    return switch (model.kind()) {
      case BASE -> "General assistant: the model %s, %s.".formatted(model.name(), where);
      case ADAPTER -> "The adapter %s on %s, %s.".formatted(model.name(), model.base(), where);
      case VARIANT ->
          "%s with %s, %s."
              .formatted(
                  model.base(),
                  settings(model, all).entrySet().stream()
                      .map(each -> each.getKey().replace('_', ' ') + " " + each.getValue())
                      .collect(Collectors.joining(", ")),
                  where);
    };
  }

  private static List<Skill> skills(InferenceServer server, WorkerModel model) {
    if (!model.skills().isEmpty()) {
      return model.skills().stream().map(skill -> new Skill(skill, 1)).toList();
    }
    return switch (model.kind()) {
      case BASE ->
          server.engine() == Engine.EMBEDDED ? List.of() : List.of(new Skill("general", 1));
      case VARIANT -> List.of();
      case ADAPTER -> List.of(new Skill(model.name().replaceAll("[-_.]+", " ").strip(), 1));
    };
  }

  private static Endpoint endpoint(
      InferenceServer server, WorkerModel model, List<WorkerModel> all) {
    Map<String, String> options = new HashMap<>();
    options.put(WORKER, server.name());
    if (server.engine() == Engine.LLAMA_CPP) {
      // llama.cpp keeps scales that a request does not name, so each names all of them
      var scales =
          all.stream()
              .filter(other -> other.slot() >= 0)
              .map(other -> other.slot() + ":" + (other.slot() == model.slot() ? 1 : 0))
              .collect(Collectors.joining(","));
      if (!scales.isEmpty()) {
        options.put(SCALES, scales);
      }
    }
    return new Endpoint(
        Provider.OPENAI,
        URI.create(WorkerClient.base(server.url()) + "/v1"),
        WorkerClient.asked(server.engine(), model, model.base()),
        server.key(),
        Map.of(),
        options);
  }
}
