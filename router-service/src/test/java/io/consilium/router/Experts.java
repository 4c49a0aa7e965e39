package io.consilium.router;

import io.consilium.expert.Embedder;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Json;
import io.consilium.expert.Policy;
import io.consilium.expert.Provider;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Skill;
import io.consilium.expert.Terms;
import io.consilium.expert.index.Words;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A few cards and questions, and a fake embedder, for the tests of this module. */
final class Experts {
  static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  static final List<String> QUESTIONS =
      List.of(
          "what is 12 * 7",
          "60 mph in km/h",
          "will it rain in Oslo tomorrow",
          "translate good morning into French",
          "who was the first president");

  private Experts() {}

  static ExpertCard card(String id, ExpertKind kind, String description, String... skills) {
    List<Skill> all = new ArrayList<>();
    for (var skill : skills) {
      all.add(new Skill(skill, 1));
    }
    return ExpertCard.of(
            id, kind, description, new Endpoint(Provider.MCP, null, id, null, Map.of(), Map.of()))
        .withSkills(all);
  }

  static ExpertCard tool(String id, String description, String... skills) {
    return card(id, new ExpertKind.Tool("test", Json.object()), description, skills);
  }

  static final ExpertCard CALCULATOR =
      tool(
          "calculator",
          "Calculates sums, products and percentages.",
          "calculation with numbers",
          "percentages");
  static final ExpertCard UNITS =
      tool(
          "units", "Converts miles, pounds and other units.", "conversion of units of measurement");
  static final ExpertCard WEATHER =
      tool("weather", "Forecasts rain, snow and wind for any place.", "weather");
  static final ExpertCard TRANSLATOR =
      card("translator", new ExpertKind.Llm(), "Translates between languages.", "translation");

  static Roster roster() {
    return Roster.of("test", List.of(CALCULATOR, UNITS, WEATHER, TRANSLATOR));
  }

  /** Texts that share words are alike; nothing more. */
  static class WordEmbedder implements Embedder {
    private final String id;

    WordEmbedder(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public int dimension() {
      return 64;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(this::vector).toList();
    }

    private float[] vector(String text) {
      float[] vector = new float[dimension()];
      vector[0] = 1e-3f;
      for (var word : Words.of(text)) {
        var random = new Random(word.hashCode());
        for (int i = 0; i < vector.length; i++) {
          vector[i] += (float) random.nextGaussian();
        }
      }
      double squares = 0;
      for (float part : vector) {
        squares += part * part;
      }
      for (int i = 0; i < vector.length; i++) {
        vector[i] /= (float) Math.sqrt(squares);
      }
      return vector;
    }
  }

  static final Embedder EMBEDDER = new WordEmbedder(ColdWeights.shipped().embedder());

  static QuestionProfiler profiler(Embedder embedder) {
    return new QuestionProfiler(
        embedder, SkillTags.shipped(), new Conversations(100, () -> 0), CLOCK);
  }

  static Terms terms(Policy policy) {
    var plain = Terms.within(Duration.ofSeconds(30), NOW);
    return new Terms(
        policy,
        plain.deadline(),
        plain.budgetUsd(),
        plain.tenant(),
        null,
        null,
        "dec_1",
        0,
        null,
        true);
  }

  static QuestionProfile profile(String text) {
    return profile(text, Policy.BALANCED);
  }

  static QuestionProfile profile(String text, Policy policy) {
    return profiler(EMBEDDER).profile(Question.of(text, terms(policy)));
  }

  static Router router(Planner planner) {
    // weights fitted on meaning are noise to a fake that knows words only
    return Router.cold(new WordEmbedder("words"), Runnable::run, planner);
  }
}
