package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The aggregators a plan may name. A plan writes {@code weighted_vote}, or with the expert that one
 * asks by itself {@code synthesis:some-expert}.
 *
 * <p>For whoever wires them: {@link #standard} needs nothing. {@link #named} makes one for a name
 * as plans write it; hand it a lookup whose experts are guarded and counted, because what they are
 * asked here is no reply of the panel and is priced by nobody else. An aggregator that also is
 * {@link io.consilium.aggregator.Asks} decides what the members of its panel are asked. Those that
 * were fitted ({@link OptimalVote}, {@link SurprisingVote}, {@link DawidSkene}, {@link Glad},
 * {@link LearnedFusion}) and {@link AdapterMix} are constructed from what was fitted or attached.
 */
public final class Aggregators {
  private static final String EXPERT = ":EXPERT";

  /** Made by whoever knows the workers, as it needs more than its expert. */
  public static final String ADAPTER_MIX = "adapter_mix";

  /** Those that are {@link io.consilium.aggregator.Asks}. */
  private static final Set<String> NOTES = Set.of("notes_to_primary", "knowledge_cards");

  /** Those that ask one expert by themselves, one line each. */
  private static final Map<String, BiFunction<Expert, @Nullable Embedder, Aggregator>> ASKING =
      new TreeMap<>(
          Map.of(
              "best_of", (judge, embedder) -> new BestOf(judge),
              "synthesis", (writer, embedder) -> new Synthesis(writer),
              "notes_to_primary", (primary, embedder) -> new NotesToPrimary(primary),
              "knowledge_cards", (expert, embedder) -> new KnowledgeCards(expert, embedder, null),
              "claim_check", (verifier, embedder) -> new ClaimCheck(verifier)));

  private Aggregators() {}

  /** Those that need nothing but replies. */
  public static List<Aggregator> standard() {
    return List.of(
        new WeightedVote(),
        new MajorityVote(),
        new OptimalVote(),
        new EvidenceFusion(),
        new ProbabilityFusion(),
        new TwinContrast(),
        new DetectorGrounding());
  }

  /** The names of those that ask one expert by themselves. */
  public static List<String> asking() {
    return List.copyOf(ASKING.keySet());
  }

  /** Whether members of a panel under this name write notes or background rather than answers. */
  public static boolean asksForNotes(String written) {
    int colon = written.indexOf(':');
    return NOTES.contains(colon < 0 ? written : written.substring(0, colon));
  }

  /**
   * The aggregator a plan names.
   *
   * @param written its name, or {@code name:expert} for those that ask an expert
   * @param experts finds the expert with an id; throws {@link ExpertException} when there is none
   * @param embedder for those that measure what is near; null to go by words
   * @throws ExpertException when there is no such aggregator, or it needs an expert and none is
   *     named, or the other way round
   */
  public static Aggregator named(
      String written, Function<String, Expert> experts, @Nullable Embedder embedder) {
    check(written);
    int colon = written.indexOf(':');
    var name = colon < 0 ? written : written.substring(0, colon);
    if (name.equals(ADAPTER_MIX)) {
      throw new ExpertException(
          FailureKind.UNSUPPORTED, "adapter_mix needs an inference worker, and none is attached");
    }
    var asking = ASKING.get(name);
    if (asking != null) {
      return asking.apply(experts.apply(written.substring(colon + 1)), embedder);
    }
    return standard().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " was checked to be there"));
  }

  /**
   * Checks what a plan names, all but whether the expert exists.
   *
   * @throws ExpertException when there is no such aggregator, or it needs an expert and none is
   *     named, or the other way round
   */
  public static void check(String written) {
    int colon = written.indexOf(':');
    var name = colon < 0 ? written : written.substring(0, colon);
    if (ASKING.containsKey(name) || name.equals(ADAPTER_MIX)) {
      if (colon < 0 || colon == written.length() - 1) {
        throw ExpertException.invalid(
            "plan.aggregator",
            "aggregator '%s' asks an expert by itself: write '%s:EXPERT'".formatted(name, name));
      }
      return;
    }
    if (standard().stream().anyMatch(each -> each.name().equals(name))) {
      if (colon >= 0) {
        throw ExpertException.invalid(
            "plan.aggregator", "aggregator '%s' asks no expert: write '%s'".formatted(name, name));
      }
      return;
    }
    throw ExpertException.invalid(
        "plan.aggregator",
        "there is no aggregator '%s'; the nearest is %s, and there are: %s"
            .formatted(
                name,
                String.join("", Spelling.nearest(colon < 0 ? name : name + EXPERT, names(), 1)),
                String.join(", ", names())));
  }

  /** All names, as plans write them: {@code weighted_vote}, {@code synthesis:EXPERT}. */
  public static List<String> names() {
    return Stream.concat(
            standard().stream().map(Aggregator::name), asking().stream().map(name -> name + EXPERT))
        .toList();
  }
}
