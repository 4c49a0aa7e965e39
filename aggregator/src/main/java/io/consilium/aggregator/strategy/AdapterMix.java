package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.consilium.expert.Skill;
import io.consilium.expert.TokenFuser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One generation under several adapters of one base at once, each at a scale: the softmax of the
 * question's standardised nearness to the adapters' centroids, small scales cut off (Bertolissi et
 * al., "Local Mixtures of Experts", TTMM, 2025; Li et al., ELREA, 2025). It waits for no reply of
 * the panel: whoever was asked is cancelled.
 *
 * <p>It needs an engine that takes scales per request and is refused without; a mix that is used
 * often is better merged beforehand and registered as an adapter of its own.
 */
public final class AdapterMix implements Aggregator {
  private static final double TEMPERATURE = 0.5;
  private static final double SMALLEST = 0.05;

  private final Map<String, float[]> centroids;
  private final Embedder embedder;
  private final TokenFuser engine;

  /**
   * A mix.
   *
   * @param centroids per adapter id, the mean unit vector of what it was trained on
   * @throws ExpertException {@link FailureKind#UNSUPPORTED} when the engine cannot mix
   */
  public AdapterMix(Map<String, float[]> centroids, Embedder embedder, TokenFuser engine) {
    if (!engine.abilities().contains(TokenFuser.Ability.ADAPTER_SCALES)) {
      throw new ExpertException(
          FailureKind.UNSUPPORTED,
          "adapter_mix needs a worker that takes adapter scales per request (llama.cpp's server does), and this one does not; merge the mix beforehand and register it as an adapter, or use a vote over the adapters");
    }
    if (centroids.isEmpty()) {
      throw ExpertException.invalid("centroids", "adapter_mix needs one adapter or more");
    }
    this.centroids = new LinkedHashMap<>(centroids);
    this.embedder = embedder;
    this.engine = engine;
  }

  /**
   * A mix where nothing is known of what adapters were trained on: the words of its card stand for
   * it.
   *
   * @param adapters the cards of the adapters of one base
   * @throws ExpertException {@link FailureKind#UNSUPPORTED} when the engine cannot mix
   */
  public static AdapterMix byCards(
      List<ExpertCard> adapters, Embedder embedder, TokenFuser engine) {
    Map<String, float[]> centroids = new LinkedHashMap<>();
    for (var card : adapters) {
      var skills = card.skills().stream().map(Skill::name).collect(Collectors.joining(", "));
      centroids.put(card.id(), embedder.embed(card.description() + " " + skills));
    }
    return new AdapterMix(centroids, embedder, engine);
  }

  @Override
  public String name() {
    return "adapter_mix";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    var scales = scales(embedder.embed(question.lastUserText()));
    List<Answer.Contribution> shares = new ArrayList<>();
    scales.forEach((id, scale) ->
        shares.add(
            new Answer.Contribution(id, 1, String.format(Locale.ROOT, "mixed in at %.2f", scale))));
    return Optional.of(engine.mixed(question, scales, out).from(shares));
  }

  /** Scales that sum to 1, most of them 0. */
  Map<String, Double> scales(float[] question) {
    var ids = List.copyOf(centroids.keySet());
    var near = new double[ids.size()];
    double mean = 0;
    for (int i = 0; i < near.length; i++) {
      var centroid = centroids.getOrDefault(ids.get(i), question);
      for (int j = 0; j < question.length; j++) {
        near[i] += question[j] * centroid[j];
      }
      mean += near[i] / near.length;
    }
    double variance = 0;
    for (double each : near) {
      variance += (each - mean) * (each - mean) / near.length;
    }
    double deviation = Math.max(Math.sqrt(variance), 1e-6);
    double sum = 0;
    for (int i = 0; i < near.length; i++) {
      near[i] = Math.exp((near[i] - mean) / deviation / TEMPERATURE);
      sum += near[i];
    }
    double kept = 0;
    for (double each : near) {
      kept += each / sum >= SMALLEST ? each : 0;
    }
    Map<String, Double> scales = new LinkedHashMap<>();
    for (int i = 0; i < near.length; i++) {
      if (near[i] / sum >= SMALLEST) {
        scales.put(ids.get(i), near[i] / kept);
      }
    }
    return scales;
  }
}
