package io.consilium.orchestrator.wiring;

import com.github.benmanes.caffeine.cache.Ticker;
import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.orchestrator.Decider;
import io.consilium.orchestrator.PanelDecider;
import io.consilium.orchestrator.PinnedDecider;
import io.consilium.orchestrator.RoutedDecider;
import io.consilium.orchestrator.memory.Memory;
import io.consilium.orchestrator.routers.RouterVersions;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.consilium.orchestrator.workers.Workers;
import io.consilium.router.Conversations;
import io.consilium.router.Estimator;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;
import io.consilium.router.SkillTags;
import io.consilium.router.estimator.BidEstimator;
import io.consilium.router.estimator.EpisodeEstimator;
import io.consilium.router.estimator.EpisodeEstimator.Episode;
import io.consilium.router.estimator.GateEstimator;
import io.consilium.router.estimator.InstructionEstimator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** How questions are looked at and who is chosen. */
@Configuration(proxyBeanMethods = false)
class RouterWiring {
  private static final int CONVERSATIONS = 100_000;

  /** The folder where vectors are kept. */
  private static final String VECTORS = "vectors";

  /** Questions whose bought evidence is kept. */
  private static final int BOUGHT = 10_000;

  @Bean
  @Primary
  OnnxEmbedder embedder(Early early) {
    return early.embedder();
  }

  /** For cards and documents, which are the same at the next start; never for questions. */
  @Bean
  CachedEmbedder kept(OnnxEmbedder embedder, ConsiliumSettings settings) {
    return new CachedEmbedder(embedder, settings.home().resolve(VECTORS), Prepared.beside(VECTORS));
  }

  @Bean
  Conversations conversations() {
    return new Conversations(CONVERSATIONS, Ticker.systemTicker());
  }

  @Bean
  CardVectors cardVectors() {
    return new CardVectors();
  }

  @Bean
  Router router(
      CachedEmbedder kept,
      ExpertRegistry registry,
      CardVectors vectors,
      InstructionEstimator taskDescriptions,
      BidEstimator bids,
      Memory memory,
      ConsiliumSettings settings) {
    var explore = settings.explore();
    var planner = new Planner(explore.epsilon(), explore.within());
    var offer = settings.evidence().offer();
    List<Estimator> beside = new ArrayList<>();
    beside.add(new GateEstimator(kept.id()));
    beside.add(new EpisodeEstimator(profile -> episodes(memory, profile)));
    if (offer.writer() != null) {
      beside.add(taskDescriptions);
      registry.onChange(roster -> vectors.execute(() -> taskDescriptions.prepare(roster)));
    }
    if (offer.bids() > 0) {
      beside.add(bids);
    }
    var router = Router.cold(kept, vectors, planner).beside(beside);
    registry.onChange(router::prepare);
    return router;
  }

  /** Embeds nothing for questions that do not wish to be remembered for. */
  private static List<Episode> episodes(Memory memory, QuestionProfile profile) {
    var vector =
        profile.question().terms().memory() ? profile.embedding() : Optional.<float[]>empty();
    if (vector.isEmpty()) {
      return List.of();
    }
    return memory.experience(profile.question(), vector.get()).stream()
        .map(each ->
            new Episode(
                each.note().experts(),
                Objects.requireNonNullElse(each.note().score(), 0.5),
                each.score()))
        .toList();
  }

  @Bean
  InstructionEstimator taskDescriptions(Embedder embedder) {
    return new InstructionEstimator(embedder, BOUGHT);
  }

  @Bean
  BidEstimator bids() {
    return new BidEstimator(BOUGHT);
  }

  @Bean
  QuestionProfiler profiler(Embedder embedder, Conversations conversations, Clock clock) {
    return new QuestionProfiler(embedder, SkillTags.shipped(), conversations, clock);
  }

  @Bean
  Decider decider(
      QuestionProfiler profiler,
      RouterVersions versions,
      Telemetry telemetry,
      Workers workers,
      ConsiliumSettings settings) {
    var decider =
        new PinnedDecider(
            new PanelDecider(
                new RoutedDecider(profiler, versions, telemetry), settings.panel().aggregator()));
    return (question, roster) -> {
      var decided = decider.decide(question, roster);
      workers.wanted(decided.route());
      return decided;
    };
  }
}
