package io.consilium.aggregator;

import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.NextStep;
import io.consilium.expert.Parameters;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/** Runs plans of tests, and keeps what they show. */
final class Plans {
  final List<Delta> pieces = new ArrayList<>();
  final List<Reply> replies = new ArrayList<>();
  private final Map<String, Expert> experts = new LinkedHashMap<>();
  private final Map<String, Double> forecasts = new LinkedHashMap<>();
  private NextStep nextStep = NextStep.agreement();
  private ThreadFactory threads = Thread.ofVirtual().factory();

  Plans with(double p, Expert... all) {
    Arrays.stream(all)
        .forEach(expert -> {
          experts.put(expert.card().id(), expert);
          forecasts.put(expert.card().id(), p);
        });
    return this;
  }

  Plans on(ThreadFactory factory) {
    threads = factory;
    return this;
  }

  Plans under(NextStep step) {
    nextStep = step;
    return this;
  }

  Answer run(Plan plan) {
    return run(plan, question(false));
  }

  Answer stream(Plan plan) {
    return run(plan, question(true));
  }

  Answer run(Plan plan, Question question) {
    var route =
        new Route(
            plan,
            forecasts.entrySet().stream()
                .map(each -> new Forecast(each.getKey(), each.getValue(), 0, 1, 0, 0, List.of()))
                .toList(),
            List.of(),
            1,
            0,
            "test",
            "s",
            "");
    return new PlanRunner(
            System::nanoTime, threads, nextStep, AggregatorCatalogue.of(Aggregators.standard()))
        .run(
            route,
            question,
            id -> {
              var expert = experts.get(id);
              if (expert == null) {
                throw new ExpertException(FailureKind.NO_EXPERT, id + " was retired");
              }
              return expert;
            },
            pieces::add,
            replies::add);
  }

  static Question question(boolean stream) {
    var plain = Question.of("2+2?", Terms.within(Duration.ofMinutes(1), Instant.EPOCH));
    return new Question(
        plain.dialect(),
        plain.model(),
        plain.body(),
        plain.messages(),
        plain.tools(),
        new Parameters(stream, false, null, null, false, false),
        plain.terms());
  }
}
