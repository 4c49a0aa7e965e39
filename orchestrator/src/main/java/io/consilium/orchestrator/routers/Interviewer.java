package io.consilium.orchestrator.routers;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Message;
import io.consilium.expert.Outcome;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Role;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.expert.jdbc.AnswerKey;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.orchestrator.Course;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.evaluate.AnswerCheck;
import io.consilium.orchestrator.evaluate.KnownQuestion;
import io.consilium.orchestrator.jobs.Progress;
import io.consilium.router.ability.Ability;
import io.consilium.router.ability.AbilityEstimator;
import io.consilium.router.ability.AbilityState;
import io.consilium.router.ability.CardPrior;
import io.consilium.router.ability.CardTraits;
import io.consilium.router.ability.Interview;
import io.consilium.router.ability.ItemBank;
import io.consilium.router.ability.Traits;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Records;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Measures an expert: asks it, through the service, the questions on record that tell most, checks
 * the answers, and says how able it is, with an interval. What it said stays on record.
 */
public final class Interviewer {
  /** As many questions with known answers are worth an interview. */
  static final int FEWEST = 10;

  private static final long SEED = 1;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Half of 90 %, in standard deviations. */
  private static final double NINETY = 1.645;

  private final Evidence evidence;
  private final JdbcOutcomes store;
  private final InterviewRecord found;
  private final Orchestrator orchestrator;
  private final Clock clock;

  public Interviewer(
      Evidence evidence,
      JdbcOutcomes store,
      InterviewRecord found,
      Orchestrator orchestrator,
      Clock clock) {
    this.found = found;
    this.evidence = evidence;
    this.store = store;
    this.orchestrator = orchestrator;
    this.clock = clock;
  }

  /**
   * Whom to measure and with what means.
   *
   * @param budgetUsd the most that may be spent
   */
  public record Wish(ExpertCard card, double budgetUsd, String tenant, @Nullable String key) {}

  private record Said(int item, double correct, double usd, double tokens, String answer) {}

  /**
   * Makes sure that there is something to ask.
   *
   * @throws ExpertException {@code CONFLICT}, saying how to get questions
   */
  public void check(ExpertCard card) {
    var keys = store.answers();
    if (keys.size() < FEWEST) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          ("%s cannot be interviewed: %d questions with known answers are on record, and at least %d"
                  + " are needed. Evaluate other experts first (./consilium evaluate --questions FILE"
                  + " --budget USD), or import outcomes with the columns 'right' and 'check'")
              .formatted(card.id(), keys.size(), FEWEST));
    }
    others(card, orchestrator.roster());
  }

  private Records others(ExpertCard card, Roster roster) {
    var records = evidence.records(roster);
    var others = records.experts().stream().filter(name -> !name.equals(card.id())).toList();
    if (others.isEmpty()) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          ("nobody but %s has outcomes on record, so nothing is known of how hard the questions are:"
                  + " evaluate another expert first (./consilium evaluate)")
              .formatted(card.id()));
    }
    var chosen = records.experts(others);
    return chosen.where(
        row -> IntStream.range(0, others.size()).anyMatch(column -> chosen.known(row, column)));
  }

  /** Interviews; minutes, most of them spent waiting for answers. */
  public ObjectNode interview(Wish wish, Progress progress) {
    var roster = orchestrator.roster();
    var records = others(wish.card(), roster);
    var profiles = evidence.profiles(records, (share, doing) -> progress.at(0.1 * share, doing));
    progress.at(0.1, "fitting abilities to %,d questions".formatted(profiles.size()));
    var embedder = evidence.embedder();
    var space = TextSpace.fit(profiles, embedder.id(), embedder.dimension(), SEED);
    var state =
        new AbilityEstimator()
            .state(new Training(records, profiles, space, space.vectors(profiles), SEED));
    var keys = store.answers();
    var mix = state.items().all();
    var interview =
        Interview.start(asking(state.items(), keys), mix, prior(wish.card(), state, roster));
    double before = Interview.deviation(interview.ability(), mix);
    double spent = 0;
    double dearest = 0;
    var ending = "precise enough";
    for (var batch = interview.next(); !batch.isEmpty(); batch = interview.next()) {
      if (spent + dearest * batch.size() > wish.budgetUsd()) {
        ending = "the budget is spent";
        break;
      }
      var sofar = state.accuracy(interview.ability(), mix, NINETY);
      progress.at(
          0.3 + 0.7 * interview.items().size() / Interview.MOST,
          String.format(
              Locale.ROOT,
              "%d questions asked, %.4f USD: right %.0f %% of the time, between %.0f and %.0f",
              interview.items().size(),
              spent,
              100 * sofar.value(),
              100 * sofar.low(),
              100 * sofar.high()));
      var said =
          ask(wish, interview.bank(), batch, keys, (wish.budgetUsd() - spent) / batch.size());
      keep(wish, interview.bank(), said);
      for (var each : said) {
        spent += each.usd();
        dearest = Math.max(dearest, each.usd());
      }
      interview =
          without(interview, batch)
              .answered(
                  said.stream().map(Said::item).toList(),
                  said.stream().map(Said::correct).toList());
    }
    if (interview.items().size() >= Math.min(Interview.MOST, interview.bank().size())) {
      ending = "every question there was, or the most there may be, was asked";
    }
    var result = result(wish, state, interview, before, spent, ending);
    found.add(result);
    return result;
  }

  /** Only questions whose right answer is known. */
  private static ItemBank asking(ItemBank all, Map<String, AnswerKey> keys) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (keys.containsKey(all.ids().get(i))) {
        places.add(i);
      }
    }
    if (places.isEmpty()) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          "no question with a known answer has outcomes of other experts; evaluate one first");
    }
    return new ItemBank(
        places.stream().map(all.ids()::get).toList(),
        places.stream().map(all.categories()::get).toList(),
        places.stream().map(i -> all.demand()[i]).toArray(double[][]::new),
        places.stream().mapToDouble(i -> all.difficulty()[i]).toArray(),
        places.stream().mapToDouble(i -> all.variance()[i]).toArray(),
        places.stream().mapToDouble(i -> all.price()[i]).toArray());
  }

  /** From the card where enough registered experts were fitted, else of the population. */
  private Ability prior(ExpertCard card, AbilityState state, Roster roster) {
    List<CardTraits> cards = new ArrayList<>();
    List<Ability> abilities = new ArrayList<>();
    for (var seat : roster.seats()) {
      state
          .ability(seat.card().id())
          .ifPresent(ability -> {
            cards.add(traits(seat.card()));
            abilities.add(ability);
          });
    }
    return cards.isEmpty()
        ? state.population()
        : CardPrior.fit(cards, abilities, state.population()).of(traits(card));
  }

  private CardTraits traits(ExpertCard card) {
    return CardTraits.of(card, evidence.embedder().embed(card.description()));
  }

  private List<Said> ask(
      Wish wish, ItemBank bank, List<Integer> batch, Map<String, AnswerKey> keys, double budget) {
    Map<Integer, Future<Said>> asked = new HashMap<>();
    List<Said> said = new ArrayList<>();
    @Nullable Throwable cause = null;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int item : batch) {
        var key = keys.get(bank.ids().get(item));
        if (key != null) {
          asked.put(item, threads.submit(() -> ask(wish, item, key, Math.max(budget, 1e-12))));
        }
      }
      for (int item : batch) {
        var answer = asked.get(item);
        try {
          if (answer != null) {
            said.add(answer.get());
          }
        } catch (ExecutionException e) {
          cause = e.getCause();
        } catch (InterruptedException e) {
          threads.shutdownNow();
          Thread.currentThread().interrupt();
          throw new ExpertException(FailureKind.CANCELLED, "cancelled", e);
        }
      }
    }
    if (said.isEmpty()) {
      throw new ExpertException(
          FailureKind.UNAVAILABLE,
          "%s answered none of %d questions: %s"
              .formatted(
                  wish.card().id(),
                  batch.size(),
                  cause == null ? "no reason given" : cause.getMessage()),
          cause);
    }
    return said;
  }

  private Said ask(Wish wish, int item, AnswerKey key, double budget) {
    var check = AnswerCheck.of(key.check());
    var plain = Question.of(key.question(), terms(wish, budget));
    var body = Json.object().put("model", plain.model());
    body.putArray("messages").addObject().put("role", "system").put("content", check.instruction());
    body.withArray("messages").addObject().put("role", "user").put("content", key.question());
    var question =
        new Question(
            plain.dialect(),
            plain.model(),
            body,
            List.of(
                Message.of(Role.SYSTEM, check.instruction()),
                Message.of(Role.USER, key.question())),
            plain.tools(),
            plain.parameters(),
            plain.terms());
    var course = new Course(System::nanoTime, System.nanoTime());
    var answer = orchestrator.answer(question, course, piece -> {});
    if (course.replies().isEmpty()) {
      throw new ExpertException(
          FailureKind.BUDGET_EXCEEDED, "an answer would probably cost more than is left");
    }
    return new Said(
        item,
        check.right(answer.text(), key.answer()) ? 1 : 0,
        course.usd(),
        answer.usage().output(),
        KnownQuestion.said(answer.text()));
  }

  private Terms terms(Wish wish, double budget) {
    return new Terms(
        Policy.BALANCED.among(List.of(wish.card().id()), Set.of()),
        clock.instant().plus(PATIENCE),
        budget,
        wish.tenant(),
        wish.key(),
        null,
        Terms.newDecisionId(),
        0,
        null,
        true);
  }

  private void keep(Wish wish, ItemBank bank, List<Said> said) {
    var card = wish.card();
    store.append(
        said.stream()
            .map(each ->
                new Outcome(
                    card.id() + "@" + card.version(),
                    bank.ids().get(each.item()),
                    each.correct(),
                    1,
                    each.usd(),
                    0,
                    each.tokens(),
                    bank.categories().get(each.item()),
                    wish.tenant(),
                    clock.instant(),
                    1,
                    Outcome.Source.CHECK,
                    null,
                    each.answer().isEmpty() ? null : each.answer()))
            .toList());
  }

  /** Makes items that could not be asked too dear to be chosen again. */
  private static Interview without(Interview interview, List<Integer> batch) {
    var bank = interview.bank();
    double[] price = bank.price().clone();
    batch.forEach(item -> price[item] = 1e12);
    return new Interview(
        new ItemBank(
            bank.ids(),
            bank.categories(),
            bank.demand(),
            bank.difficulty(),
            bank.variance(),
            price),
        interview.mix(),
        interview.prior(),
        interview.items(),
        interview.answers());
  }

  private ObjectNode result(
      Wish wish,
      AbilityState state,
      Interview interview,
      double before,
      double spent,
      String ending) {
    var ability = interview.ability();
    var accuracy = state.accuracy(ability, interview.mix(), NINETY);
    var root =
        Json.object()
            .put("expert", wish.card().id())
            .put("version", wish.card().version())
            .put("asked", interview.items().size())
            .put("right", interview.answers().stream().mapToDouble(Double::doubleValue).sum())
            .put("usd", spent)
            .put("ended", ending)
            .put("deviation_before", before)
            .put("deviation", Interview.deviation(ability, interview.mix()));
    root.putObject("accuracy")
        .put("value", accuracy.value())
        .put("low", accuracy.low())
        .put("high", accuracy.high())
        .put("of", "%,d questions on record, 90 %% interval".formatted(interview.mix().size()));
    var categories = root.putArray("categories");
    Map<String, List<Traits>> byCategory = new TreeMap<>();
    for (int i = 0; i < state.items().size(); i++) {
      byCategory
          .computeIfAbsent(state.items().categories().get(i), name -> new ArrayList<>())
          .add(state.items().traits(i));
    }
    byCategory.forEach((category, questions) -> {
      if (!category.isEmpty()) {
        var interval = state.accuracy(ability, questions, NINETY);
        categories
            .addObject()
            .put("category", category)
            .put("value", interval.value())
            .put("low", interval.low())
            .put("high", interval.high());
      }
    });
    return root.put(
        "summary",
        String.format(
            Locale.ROOT,
            "%s gets %.0f %% right (%.0f to %.0f) after %d questions",
            wish.card().id(),
            100 * accuracy.value(),
            100 * accuracy.low(),
            100 * accuracy.high(),
            interview.items().size()));
  }
}
