package io.consilium.orchestrator.wiring;

import com.github.benmanes.caffeine.cache.Ticker;
import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertRegistry;
import io.consilium.orchestrator.Decider;
import io.consilium.orchestrator.PanelDecider;
import io.consilium.orchestrator.PinnedDecider;
import io.consilium.orchestrator.RoutedDecider;
import io.consilium.orchestrator.routers.RouterVersions;
import io.consilium.orchestrator.telemetry.Telemetry;
import io.consilium.router.Conversations;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.Router;
import io.consilium.router.SkillTags;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How questions are looked at and who is chosen. */
@Configuration(proxyBeanMethods = false)
class RouterWiring {
  private static final int CONVERSATIONS = 100_000;

  @Bean
  OnnxEmbedder embedder(Early early) {
    return early.embedder();
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
      Embedder embedder, ExpertRegistry registry, CardVectors vectors, ConsiliumSettings settings) {
    var explore = settings.explore();
    var planner = new Planner(explore.epsilon(), explore.within());
    var router = Router.cold(embedder, vectors, planner);
    registry.onChange(router::prepare);
    return router;
  }

  @Bean
  Decider decider(
      Embedder embedder,
      RouterVersions versions,
      Conversations conversations,
      Telemetry telemetry,
      ConsiliumSettings settings,
      Clock clock) {
    var profiler = new QuestionProfiler(embedder, SkillTags.shipped(), conversations, clock);
    return new PinnedDecider(
        new PanelDecider(
            new RoutedDecider(profiler, versions::router, telemetry),
            settings.panel().aggregator()));
  }
}
