package io.consilium.bench.learning;

import io.consilium.router.Planner;
import io.consilium.router.SkillTags;
import io.consilium.router.ability.OnlineAbilities;
import org.jspecify.annotations.Nullable;

/** One way to serve a stream of questions. */
enum Learner {
  /** The service's: outcomes move forecasts, what is uncertain is tried, changes are noticed. */
  SERVICE("outcomes move forecasts; what is uncertain is tried; a detector per expert forgets"),
  /** The same, but nothing is ever forgotten. */
  STEADY("the same without detectors: nothing is forgotten"),
  /** Learns of whom it happens to ask. */
  GREEDY("outcomes move forecasts; nothing is tried for the sake of learning"),
  /** The service, asked by tenants that wish to be remembered for. */
  MEMORY("the service with experience: what plans came to for questions like this one"),
  /** Experience without anything else that learns. */
  EXPERIENCE("the cold router with experience; nothing else learns, nothing is tried"),
  /** The cold router as it is. */
  FROZEN("the cold router, which learns nothing");

  /** As near as two experts must be for trying either to cost nothing worth naming. */
  private static final double WITHIN = 0.005;

  final String words;

  Learner(String words) {
    this.words = words;
  }

  Planner planner() {
    return switch (this) {
      case SERVICE, STEADY, MEMORY -> new Planner(1, WITHIN);
      case GREEDY, EXPERIENCE, FROZEN -> Planner.greedy();
    };
  }

  /** What listens to outcomes; null when nothing does. */
  @Nullable OnlineAbilities ears() {
    var tags = SkillTags.shipped().names();
    return switch (this) {
      case SERVICE, GREEDY, MEMORY -> new OnlineAbilities(tags);
      case STEADY -> OnlineAbilities.steady(tags);
      case EXPERIENCE, FROZEN -> null;
    };
  }

  /** Whether experience is heeded. */
  boolean remembers() {
    return switch (this) {
      case MEMORY, EXPERIENCE -> true;
      case SERVICE, STEADY, GREEDY, FROZEN -> false;
    };
  }
}
