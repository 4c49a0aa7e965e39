package io.consilium.orchestrator.routers;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Outcome;
import io.consilium.expert.Roster;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.expert.jdbc.StoredItem;
import io.consilium.orchestrator.jobs.Progress;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.records.Answers;
import io.consilium.router.records.Imported;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The outcomes on record as a table that routers are fitted from: items by experts, recorded names
 * and aliases mapped to the experts registered now.
 */
public final class Evidence {
  private static final int BATCH = 64;

  private final JdbcOutcomes store;
  private final Embedder embedder;
  private final SkillTags tags;
  private final Set<String> without;

  /** Evidence of all tenants. */
  public Evidence(JdbcOutcomes store, Embedder embedder, SkillTags tags) {
    this(store, embedder, tags, Set.of());
  }

  /**
   * Evidence in a store.
   *
   * @param embedder its vectors are kept beside the questions
   * @param without tenants whose outcomes are left out
   */
  public Evidence(JdbcOutcomes store, Embedder embedder, SkillTags tags, Set<String> without) {
    this.without = Set.copyOf(without);
    this.store = store;
    this.embedder = embedder;
    this.tags = tags;
  }

  /** Whose vectors are kept. */
  public Embedder embedder() {
    return embedder;
  }

  /** The table of {@link #recorded}. */
  public Records records(Roster roster) {
    return recorded(roster).records();
  }

  /**
   * Everything on record with its question, and with what was answered where that was kept. Of
   * several outcomes of an expert on an item the latest counts, a judge's only where there is no
   * other; a name that is no expert's or alias stays as it was recorded.
   */
  public Imported recorded(Roster roster) {
    var answers = new Answers();
    var items = new LinkedHashMap<String, StoredItem>();
    store.forEachItem(item -> items.put(item.id(), item));
    record Cell(double correct, double usd, double tokens, int rank) {}
    Map<String, Map<String, Cell>> cells = new HashMap<>();
    Map<String, String> names = new HashMap<>();
    store.forEach(outcome -> {
      if (outcome.source() != Outcome.Source.FORM // it says nothing of what was answered
          && items.containsKey(outcome.item())
          && !without.contains(outcome.tenant())) {
        var name = names.computeIfAbsent(outcome.expert(), said -> name(said, roster));
        cells
            .computeIfAbsent(outcome.item(), item -> new LinkedHashMap<>())
            .merge(
                name,
                new Cell(outcome.correct(), outcome.usd(), outcome.tokens(), rank(outcome)),
                (before, now) -> now.rank() >= before.rank() ? now : before);
        var said = outcome.answer();
        if (said != null) {
          answers.add(outcome.item(), name, said);
        }
      }
    });
    var builder = new Records.Builder();
    names.values().stream().sorted().distinct().forEach(builder::expert);
    items.forEach((id, item) -> {
      var seen = cells.getOrDefault(id, Map.of());
      if (!seen.isEmpty()) {
        builder.item(new Item(id, item.question(), item.category(), item.hash()));
        seen.forEach(
            (expert, cell) -> builder.add(id, expert, cell.correct(), cell.usd(), cell.tokens()));
      }
    });
    return new Imported(builder.build(), answers, "usd", "", Map.of());
  }

  /** A judge's word gives way to anybody else's. */
  private static int rank(Outcome outcome) {
    return switch (outcome.source()) {
      case JUDGE, FORM -> 0;
      case BENCHMARK, HUMAN, CHECK -> 1;
    };
  }

  /** The expert of a recorded name: {@code id@version}, an id or an alias. */
  public static String name(String recorded, Roster roster) {
    var bare = recorded.replaceFirst("@\\d+$", "");
    return roster.find(bare).map(seat -> seat.card().id()).orElse(bare);
  }

  /**
   * The records, made sure that a router can be fitted from them.
   *
   * @throws ExpertException {@code CONFLICT}, saying how to get some
   */
  public Imported enough(Roster roster, int items) {
    var recorded = recorded(roster);
    var records = recorded.records();
    if (records.items().size() < items || records.experts().size() < 2) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          ("%d questions of %d experts have outcomes on record; at least %d questions of 2 experts are"
                  + " needed. Import some with POST /v1/outcomes, or let your experts answer questions"
                  + " with known answers: ./consilium evaluate --questions FILE --budget USD")
              .formatted(records.items().size(), records.experts().size(), items));
    }
    return recorded;
  }

  /** What the router would know of each item's question; vectors are computed once and kept. */
  public List<QuestionProfile> profiles(Records records, Progress progress) {
    Map<String, float[]> vectors = new HashMap<>();
    store.forEachVector(embedder.id(), vectors::put);
    List<QuestionProfile> profiles = new ArrayList<>(records.items().size());
    List<Item> missing = new ArrayList<>();
    for (var item : records.items()) {
      profiles.add(
          QuestionProfiler.recorded(
              item.text(), tags, text -> Optional.ofNullable(vectors.get(item.id()))));
      if (!vectors.containsKey(item.id())) {
        missing.add(item);
      }
    }
    for (int from = 0; from < missing.size(); from += BATCH) {
      progress.at(
          (double) from / missing.size(),
          "reading questions (%,d of %,d)".formatted(from, missing.size()));
      var some = missing.subList(from, Math.min(missing.size(), from + BATCH));
      var texts = some.stream().map(item -> bounded(item.text())).toList();
      var computed = embedder.embed(texts);
      Map<String, float[]> fresh = new HashMap<>();
      for (int i = 0; i < some.size(); i++) {
        fresh.put(some.get(i).id(), computed.get(i));
      }
      store.embed(embedder.id(), fresh);
      vectors.putAll(fresh);
    }
    return profiles;
  }

  private String bounded(String text) {
    return QuestionProfiler.recorded(text, tags, nobody -> Optional.empty()).text();
  }
}
