package io.consilium.orchestrator.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.consilium.expert.Decision;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Note;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.index.DotProduct;
import io.consilium.expert.index.Words;
import io.consilium.expert.jdbc.JdbcNotes;
import io.consilium.expert.jdbc.JdbcNotes.Placed;
import io.consilium.orchestrator.telemetry.Metric;
import io.consilium.router.paraphrase.Doubt;
import io.consilium.router.paraphrase.Paraphrase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is remembered for a tenant: facts that were stated of its world, and experience, that is
 * what plan was how right for what question. A note that bears on a question is found by its
 * meaning, and ranked by similarity × recency × frequency; it must share a word with the question
 * or be very near, else it is dropped, for a note beside the point does more harm than none. What
 * contradicts a note supersedes it and deletes nothing.
 *
 * <p>Notes live in the store. On PostgreSQL pgvector finds the nearest; in the embedded database
 * those of a tenant that asks are read and held here for two seconds. Where the store is away,
 * nothing is remembered and everything is answered.
 *
 * <p>Sources: MARK (Ganguli et al. 2025) for rank by recency and frequency and for superseding;
 * EREN (2024) for asking relevance first; Xolver (2025) for experience as problem, plan, experts,
 * outcome. Not for what must be found for certain: that is what documents are for.
 */
public final class Memory {
  private static final Logger log = LoggerFactory.getLogger(Memory.class);

  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final int TENANTS = 1_000;
  private static final int LONGEST = 2_000;

  /** So many of the nearest are ranked by recency and frequency too. */
  private static final int CANDIDATES = 200;

  /** At this cosine a note bears on a question though they share no word. */
  private static final double NEAR = 0.6;

  /** At this cosine two facts may be about the same. */
  private static final double SAME = 0.7;

  private final JdbcNotes notes;
  private final Embedder embedder;
  private final MemorySettings settings;
  private final InstantSource clock;
  private final DotProduct dot = DotProduct.best();
  private final LoadingCache<String, List<Placed>> tenants;
  private final Cache<String, List<Recalled>> heeded;
  private final Counter recalled;
  private final Counter dropped;

  /**
   * A note that bears on a question.
   *
   * @param similarity cosine of both
   * @param score similarity × recency × frequency
   */
  public record Recalled(Note note, double similarity, double score) {
    /** What a decision keeps of it. */
    public Decision.Noted noted() {
      return new Decision.Noted(note.id(), note.kind(), similarity, score);
    }
  }

  /**
   * A fact that was kept.
   *
   * @param superseded ids of those whose place it took
   * @param conflicts ids of near facts that differ in a number, a time or a name: both are kept,
   *     for they may be about different things
   */
  public record Stated(Note fact, List<String> superseded, List<String> conflicts) {}

  /**
   * The memory in a store.
   *
   * @param nanos a monotonic clock in nanoseconds
   */
  public Memory(
      JdbcNotes notes,
      Embedder embedder,
      MemorySettings settings,
      InstantSource clock,
      LongSupplier nanos,
      MeterRegistry meters) {
    this.notes = notes;
    this.embedder = embedder;
    this.settings = settings;
    this.clock = clock;
    this.recalled = Metric.MEMORY_RECALLED.counter(meters);
    this.dropped = Metric.MEMORY_DROPPED.counter(meters);
    this.heeded =
        Caffeine.newBuilder()
            .maximumSize(TENANTS)
            .expireAfterWrite(Duration.ofMinutes(1))
            .ticker(nanos::getAsLong)
            .build();
    this.tenants =
        Caffeine.newBuilder()
            .maximumSize(TENANTS)
            .expireAfterWrite(FRESH)
            .ticker(nanos::getAsLong)
            .build(tenant ->
                notes.holding(
                    tenant,
                    embedder.id(),
                    clock.instant(),
                    settings.facts() + settings.experiences()));
  }

  /**
   * Keeps a fact. It takes the place of the facts it names, of those on the same subject, and of
   * near ones that say the same or the opposite.
   *
   * @param subject what it is about; may be empty
   * @param source who states it
   * @throws ExpertException {@code CONFLICT} when the tenant has as many as it may
   */
  public Stated state(
      String tenant,
      String subject,
      String text,
      @Nullable Instant from,
      @Nullable Instant until,
      List<String> supersedes,
      String source) {
    require(settings.enabled(), "memories are switched off: set consilium.memory.enabled=true");
    if (text.length() > LONGEST) {
      throw ExpertException.invalid(
          "text", "a fact has at most %,d characters, not %,d".formatted(LONGEST, text.length()));
    }
    require(
        notes.count(tenant, Note.Kind.FACT) < settings.facts(),
        "this tenant has %,d facts, which is the most (consilium.memory.facts): delete some"
            .formatted(settings.facts()));
    var now = clock.instant();
    var vector = embedder.embed(said(subject, text));
    List<String> superseded = new ArrayList<>();
    List<String> conflicts = new ArrayList<>();
    for (var id : supersedes) {
      var old = notes.find(id).filter(note -> note.tenant().equals(tenant));
      superseded.add(old.orElseThrow(() -> JdbcNotes.missing(id).about("supersedes")).id());
    }
    for (var placed : notes.holding(tenant, embedder.id(), now, settings.facts())) {
      var old = placed.note();
      if (old.kind() != Note.Kind.FACT || superseded.contains(old.id())) {
        continue;
      }
      boolean about = !subject.isBlank() && normal(old.subject()).equals(normal(subject));
      if (about) {
        superseded.add(old.id());
      } else if (dot.of(vector, placed.vector(), 0) >= SAME) {
        var doubt = Paraphrase.doubt(old.text(), text);
        if (doubt.isEmpty() || doubt.get() == Doubt.NEGATION) {
          superseded.add(old.id());
        } else if (TELLING.contains(doubt.get())) {
          conflicts.add(old.id());
        }
      }
    }
    var note =
        new Note(
            id(now),
            tenant,
            Note.Kind.FACT,
            subject.strip(),
            text.strip(),
            List.of(),
            null,
            source,
            now,
            from == null ? now : from,
            until,
            null,
            0,
            null);
    notes.keep(note, embedder.id(), vector, superseded);
    tenants.invalidate(tenant);
    return new Stated(note, List.copyOf(superseded), List.copyOf(conflicts));
  }

  /** Differences that may mean another thing or a change of the same. */
  private static final Set<Doubt> TELLING =
      Set.of(Doubt.NUMBER, Doubt.UNIT, Doubt.DATE, Doubt.NAME, Doubt.QUANTIFIER, Doubt.DIRECTION);

  /**
   * Keeps what a judged decision teaches: this plan was so right for this question. Not for plans
   * that asked nobody, nor where contents are not recorded.
   */
  public void experienced(Decision decision, double correct) {
    var question = decision.question();
    var experts = first(decision.route().plan());
    if (!settings.enabled()
        || settings.experiences() == 0
        || question == null
        || question.isBlank()
        || experts.isEmpty()
        || decision.cached() != null) {
      return;
    }
    try {
      var now = clock.instant();
      var vector = embedder.embed(bounded(question));
      var note =
          new Note(
              id(now),
              decision.tenant(),
              Note.Kind.EXPERIENCE,
              decision.route().plan().type(),
              question,
              experts,
              correct,
              decision.id(),
              now,
              now,
              null,
              null,
              0,
              null);
      notes.keep(note, embedder.id(), vector, notes.from(decision.tenant(), decision.id()));
      notes.prune(decision.tenant(), Note.Kind.EXPERIENCE, settings.experiences());
      tenants.invalidate(decision.tenant());
    } catch (ExpertException e) {
      log.warn("an experience is not kept: {}", e.message());
    }
  }

  /** Those whom a plan asks unless somebody fails. */
  static List<String> first(Plan plan) {
    return switch (plan) {
      case Plan.One one -> List.of(one.expert());
      case Plan.Cascade cascade -> cascade.members();
      case Plan.Panel panel -> panel.members();
      case Plan.Chain chain -> chain.members();
      case Plan.Abstain abstain -> List.of();
    };
  }

  /** Facts that bear on a question, most useful first; none where the store is away. */
  public List<Recalled> facts(String tenant, String question) {
    if (!settings.enabled() || question.isBlank()) {
      return List.of();
    }
    try {
      var found =
          recall(
              tenant, Note.Kind.FACT, question, embedder.embed(bounded(question)), settings.most());
      if (!found.isEmpty()) {
        Thread.ofVirtual().name("memory").start(() -> used(found));
      }
      return found;
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.CANCELLED) {
        throw e;
      }
      log.warn("nothing is remembered: {}", e.message());
      return List.of();
    }
  }

  /** What plans were how right for questions like this one, most telling first. */
  public List<Recalled> experience(Question question, float[] vector) {
    if (!settings.enabled()) {
      return List.of();
    }
    try {
      var found =
          recall(
              question.terms().tenant(),
              Note.Kind.EXPERIENCE,
              question.lastUserText(),
              vector,
              4 * settings.most());
      if (!found.isEmpty()) {
        heeded.put(question.terms().decision(), found);
      }
      return found;
    } catch (ExpertException e) {
      log.warn("nothing is remembered: {}", e.message());
      return List.of();
    }
  }

  /** The experience that was heeded for a decision; known once. */
  public List<Recalled> heeded(String decision) {
    var found = heeded.asMap().remove(decision);
    return found == null ? List.of() : found;
  }

  private List<Recalled> recall(
      String tenant, Note.Kind kind, String question, float[] vector, int most) {
    var now = clock.instant();
    var words = new HashSet<>(Words.of(question));
    List<Recalled> found = new ArrayList<>();
    for (var near : near(tenant, kind, vector, now)) {
      var note = near.note();
      double similarity = Math.min(1, near.cosine());
      if (similarity >= NEAR || shares(words, note)) {
        found.add(new Recalled(note, similarity, score(note, similarity, now)));
      } else {
        dropped.increment();
      }
    }
    found.sort(Comparator.comparingDouble(Recalled::score).reversed());
    var best = List.copyOf(found.subList(0, Math.min(most, found.size())));
    recalled.increment(best.size());
    return best;
  }

  /** By pgvector where it is; else what a tenant has is read and held for a moment. */
  private List<JdbcNotes.Near> near(String tenant, Note.Kind kind, float[] vector, Instant now) {
    if (notes.searches()) {
      return notes.nearest(
          tenant, kind, embedder.id(), vector, now, settings.similarity(), CANDIDATES);
    }
    return tenants.get(tenant).stream()
        .filter(placed -> placed.note().kind() == kind && placed.note().holdsAt(now))
        .map(placed -> new JdbcNotes.Near(placed.note(), dot.of(vector, placed.vector(), 0)))
        .filter(near -> near.cosine() >= settings.similarity())
        .toList();
  }

  private static boolean shares(Set<String> words, Note note) {
    return Words.of(said(note.subject(), note.text())).stream().anyMatch(words::contains);
  }

  private double score(Note note, double similarity, Instant now) {
    var last = note.used() == null ? note.created() : note.used();
    return score(similarity, Duration.between(last, now), note.uses(), settings.halfLife());
  }

  /**
   * Similarity × recency × frequency. Recency falls from 1 to one half, halving its excess every
   * half-life; frequency grows with the logarithm of uses, to one and a half at most.
   */
  static double score(double similarity, Duration idle, long uses, Duration halfLife) {
    double ages = Math.max(0, (double) idle.toMillis() / halfLife.toMillis());
    double recency = 0.5 + 0.5 * Math.pow(2, -ages);
    double frequency = Math.min(1.5, 1 + Math.log1p((double) uses) / 10);
    return similarity * recency * frequency;
  }

  private void used(List<Recalled> found) {
    try {
      notes.used(found.stream().map(each -> each.note().id()).toList(), clock.instant());
    } catch (ExpertException e) {
      log.debug("the use of notes is not counted", e);
    }
  }

  /** Forgets what is held here of a tenant, so that it is read again. */
  public void refresh(String tenant) {
    tenants.invalidate(tenant);
  }

  /** Forgets what is held here of all tenants. */
  public void refresh() {
    tenants.invalidateAll();
  }

  private static String said(String subject, String text) {
    return subject.isBlank() ? text : subject + ": " + text;
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }

  private static String normal(String text) {
    return text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
  }

  /** Ids sort by the time they were made. */
  private static String id(Instant now) {
    return "note_%014x%08x"
        .formatted(now.toEpochMilli(), (int) UUID.randomUUID().getLeastSignificantBits());
  }

  private static void require(boolean holds, String how) {
    if (!holds) {
      throw new ExpertException(FailureKind.CONFLICT, how);
    }
  }
}
