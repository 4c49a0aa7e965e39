package io.consilium.orchestrator.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.consilium.expert.Answer;
import io.consilium.expert.Caching;
import io.consilium.expert.Decision;
import io.consilium.expert.Dialect;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Roster;
import io.consilium.expert.index.DotProduct;
import io.consilium.expert.jdbc.JdbcAnswers.Kept;
import io.consilium.expert.jdbc.JdbcAnswers.Known;
import io.consilium.expert.jdbc.JdbcAnswers.Place;
import io.consilium.orchestrator.cache.SharedAnswers.Patience;
import io.consilium.orchestrator.telemetry.Metric;
import io.consilium.router.paraphrase.Paraphrase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers that may be given again: to the same request, and, where that is wished, to a question
 * that asks the same in other words, which {@link Paraphrase} must confirm. Never across tenants,
 * router versions or versions of the experts that answered, and not longer than its settings say.
 *
 * <p>What is asked for again soon lies in memory; everything also in the {@link SharedAnswers
 * store}, where other replicas find it, and this one after a restart.
 *
 * <p>What depends on more than the request is not kept: answers for which tools were called or
 * documents read, refusals, answers cut short, and those given while an expert failed. Nor is what
 * may not be recorded.
 *
 * <p>Why similarity alone does not do: {@link Paraphrase}. Not for embeddings, nor where every
 * answer is to be a new one (several choices, creative writing at a temperature): there it is off
 * unless a request asks for it.
 */
public final class AnswerCache {
  private static final Logger log = LoggerFactory.getLogger(AnswerCache.class);

  /**
   * What makes a question one whose answer changes with the day. It is answered again only where
   * the request says so, and then only the very same one.
   */
  private static final Pattern FLEETING =
      Pattern.compile(
          "\\b(?:now|today|tonight|tomorrow|yesterday|currently?|latest|recent(?:ly)?|newest|this (?:week|month|year|morning|evening|afternoon))\\b",
          Pattern.CASE_INSENSITIVE);

  /** Near questions that are looked at, nearest first. */
  private static final int CANDIDATES = 5;

  /** So many of the store's, for among them may be some of which the expert has changed. */
  private static final int STORED_CANDIDATES = 4 * CANDIDATES;

  /** What an answer weighs besides its texts. */
  private static final int OVERHEAD = 1_000;

  private final CacheSettings settings;
  private final Embedder embedder;
  private final @Nullable SharedAnswers shared;
  private final InstantSource clock;
  private final DotProduct dot = DotProduct.best();
  private final Cache<String, Entry> answers;
  private final Map<String, List<Entry>> frames = new ConcurrentHashMap<>();
  private final MeterRegistry meters;
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final Counter saved;
  private volatile Instant heard;

  /** Clocks of replicas may differ by so much. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  /** An answer that may be given again, and where it came from. */
  private record Entry(
      Request request,
      String asked,
      String tenant,
      String decision,
      Instant at,
      Instant expires,
      String router,
      Answer answer,
      double usd,
      float @Nullable [] vector) {
    int weight() {
      long size = OVERHEAD + 2L * asked.length() + 2L * answer.text().length();
      var raw = answer.raw();
      size += raw == null ? 0 : raw.bytes().length;
      var vector = vector();
      size += vector == null ? 0 : 4L * vector.length;
      var reasoning = answer.reasoning();
      size += reasoning == null ? 0 : 2L * reasoning.length();
      return (int) Math.min(Integer.MAX_VALUE, size);
    }
  }

  /**
   * An answer that was given before.
   *
   * @param from where it came from
   */
  public record Hit(Answer answer, Decision.Cached from) {}

  /**
   * What was looked for, so that the answer can be kept under it.
   *
   * @param hit what was found, or null
   */
  public record Lookup(@Nullable Hit hit, @Nullable Request request, float @Nullable [] vector) {
    private static final Lookup NONE = new Lookup(null, null, null);
  }

  /**
   * A cache with nothing in its memory.
   *
   * @param embedder turns questions into vectors where a cache in other words is wished
   * @param shared the answers in the store; null for a cache that ends with this process
   * @param nanos a monotonic clock in nanoseconds
   */
  public AnswerCache(
      CacheSettings settings,
      Embedder embedder,
      @Nullable SharedAnswers shared,
      InstantSource clock,
      LongSupplier nanos,
      MeterRegistry meters) {
    this.settings = settings;
    this.embedder = embedder;
    this.shared = settings.stored().toBytes() == 0 ? null : shared;
    this.clock = clock;
    this.heard = clock.instant();
    this.meters = meters;
    this.answers =
        Caffeine.newBuilder()
            .maximumWeight(settings.size().toBytes())
            .weigher((String key, Entry entry) -> entry.weight())
            .expireAfterWrite(settings.ttl())
            .ticker(nanos::getAsLong)
            .removalListener((key, entry, cause) -> gone(entry))
            .build();
    this.saved = Metric.CACHE_SAVED.counter(meters);
    Metric.CACHE_ANSWERS.gauge(meters, answers::estimatedSize);
  }

  /**
   * Whether a question's answer is the same each time it is asked, as far as can be told: the
   * request wants it so, and it is not about today.
   */
  public static boolean isSteady(Question question) {
    var temperature = question.parameters().temperature();
    return ((temperature != null && temperature == 0) || question.body().hasNonNull("seed"))
        && !FLEETING.matcher(question.lastUserText()).find();
  }

  /**
   * Looks for an answer. Blocks for a few milliseconds where the question has to be embedded.
   *
   * @param router the version of the router that would decide
   */
  public Lookup look(Question question, String router, Roster roster) {
    if (!serves(question)) {
      return Lookup.NONE;
    }
    var request = Request.of(question, scope(question));
    var patience = new Patience();
    var same = answers.getIfPresent(request.key());
    if (same == null || !holds(same, router, roster)) {
      same = stored(request, question, patience);
    }
    if (same != null && holds(same, router, roster)) {
      return found(same, Caching.EXACT, 1, question, request);
    }
    float[] vector = null;
    if (question.terms().caching() == Caching.SEMANTIC
        && request.frame() != null
        && !request.text().isBlank()
        && request.text().length() <= Paraphrase.MOST
        && !FLEETING.matcher(request.text()).find()) {
      vector = vector(request.text());
      if (vector != null) {
        var near = near(request, vector, router, roster);
        if (near.isEmpty()) {
          near = storedNear(request, vector, router, roster, question, patience);
        }
        if (near.isPresent()) {
          return found(
              near.get().entry(), Caching.SEMANTIC, near.get().similarity(), question, request);
        }
      }
    }
    count(Metric.CACHE_LOOKUPS, "miss");
    return new Lookup(null, request, vector);
  }

  /** What the store has under a request, which is then in memory too; null when nothing. */
  private @Nullable Entry stored(Request request, Question question, Patience patience) {
    if (shared == null) {
      return null;
    }
    var entry =
        shared
            .find(request.key(), clock.instant(), patience)
            .flatMap(kept -> entry(request, kept, question))
            .orElse(null);
    if (entry != null) {
      remember(entry);
    }
    return entry;
  }

  private Optional<Entry> entry(Request request, Kept kept, Question question) {
    if (!kept.tenant().equals(question.terms().tenant())) {
      return Optional.empty();
    }
    var place = kept.place();
    float @Nullable [] vector =
        place != null && place.embedder().equals(embedder.id()) ? place.vector() : null;
    return SharedAnswers.answer(kept)
        .map(answer ->
            new Entry(
                request,
                kept.question(),
                kept.tenant(),
                kept.decision(),
                kept.made(),
                kept.expires(),
                kept.router(),
                answer,
                kept.usd(),
                vector));
  }

  private void remember(Entry entry) {
    answers.put(entry.request().key(), entry);
    var frame = entry.request().frame();
    if (frame != null && entry.vector() != null) {
      frames.compute(
          frame,
          (any, entries) -> {
            List<Entry> all = entries == null ? new CopyOnWriteArrayList<>() : entries;
            all.add(entry);
            return all;
          });
    }
  }

  private boolean serves(Question question) {
    var terms = question.terms();
    var parameters = question.parameters();
    var choices = question.body().path("n");
    return terms.caching() != Caching.OFF
        && terms.record()
        && terms.depth() == 0
        && question.dialect() != Dialect.EMBEDDINGS
        && (choices.isMissingNode() || choices.isNull() || choices.asInt(0) == 1)
        && !question.body().hasNonNull("best_of")
        && !question.body().hasNonNull("audio")
        && !(parameters.stream() && parameters.logprobs())
        && question.body().isObject();
  }

  private String scope(Question question) {
    var terms = question.terms();
    return switch (settings.scope()) {
      case TENANT -> terms.tenant();
      case KEY -> terms.tenant() + '\0' + terms.key();
    };
  }

  private boolean holds(Entry entry, String router, Roster roster) {
    return entry.router().equals(router)
        && clock.instant().isBefore(entry.expires())
        && entry.answer().provenance().stream()
            .allMatch(share ->
                roster
                    .find(share.expert())
                    .filter(seat -> seat.card().version() == share.version())
                    .isPresent());
  }

  private Lookup found(
      Entry entry, Caching how, double similarity, Question question, Request request) {
    count(Metric.CACHE_LOOKUPS, how.word());
    saved.increment(entry.usd());
    var answer = entry.answer();
    var raw = answer.raw();
    boolean own =
        how == Caching.EXACT
            && raw != null
            && raw.dialect() == question.dialect()
            && !question.parameters().stream();
    return new Lookup(
        new Hit(
            own ? answer : answer.withoutRaw(),
            new Decision.Cached(how, entry.decision(), entry.at(), similarity, entry.usd())),
        request,
        null);
  }

  private record Near(Entry entry, double similarity) {}

  private Optional<Near> near(Request request, float[] vector, String router, Roster roster) {
    var frame = request.frame();
    var candidates =
        frames.getOrDefault(frame == null ? "" : frame, List.of()).stream()
            .filter(this::isKept)
            .filter(entry -> holds(entry, router, roster))
            .map(entry -> new Near(entry, cosine(entry, vector)))
            .filter(near -> near.similarity() >= settings.similarity())
            .sorted(Comparator.comparingDouble(Near::similarity).reversed())
            .limit(CANDIDATES)
            .toList();
    for (var near : candidates) {
      var doubt = Paraphrase.doubt(near.entry().request().text(), request.text());
      if (doubt.isEmpty()) {
        return Optional.of(near);
      }
      count(Metric.CACHE_DOUBTS, doubt.get().name().toLowerCase(Locale.ROOT));
    }
    return Optional.empty();
  }

  /** The same among what is in the store and not in memory. */
  private Optional<Near> storedNear(
      Request request,
      float[] vector,
      String router,
      Roster roster,
      Question question,
      Patience patience) {
    var frame = request.frame();
    if (shared == null || frame == null) {
      return Optional.empty();
    }
    int doubted = 0;
    for (var near :
        shared.nearest(
            new Place(frame, embedder.id(), vector),
            router,
            clock.instant(),
            settings.similarity(),
            STORED_CANDIDATES,
            patience)) {
      var here = answers.getIfPresent(near.id());
      if (here != null && here.vector() != null && holds(here, router, roster)) {
        continue; // was looked at already
      }
      var doubt = Paraphrase.doubt(near.question(), request.text());
      if (doubt.isPresent()) {
        count(Metric.CACHE_DOUBTS, doubt.get().name().toLowerCase(Locale.ROOT));
        if (++doubted == CANDIDATES) {
          break;
        }
        continue;
      }
      var same = new Request(near.id(), frame, near.question());
      var entry =
          shared
              .find(near.id(), clock.instant(), patience)
              .flatMap(kept -> entry(same, kept, question))
              .filter(each -> holds(each, router, roster));
      if (entry.isPresent()) {
        remember(entry.get());
        return Optional.of(new Near(entry.get(), Math.min(1, near.cosine())));
      }
    }
    return Optional.empty();
  }

  private boolean isKept(Entry entry) {
    var kept = answers.getIfPresent(entry.request().key());
    return kept != null && kept.decision().equals(entry.decision());
  }

  private double cosine(Entry entry, float[] vector) {
    var stored = entry.vector();
    return stored == null ? 0 : Math.min(1, dot.of(vector, stored, 0));
  }

  private float @Nullable [] vector(String text) {
    try {
      return embedder.embed(text);
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.CANCELLED) {
        throw e;
      }
      return null; // busy: it is asked anew
    }
  }

  /** Keeps an answer under what was looked for, where it may be given again. */
  public void keep(
      Lookup lookup,
      Question question,
      String router,
      List<Reply> replies,
      Answer answer,
      Instant at,
      double usd) {
    var request = lookup.request();
    if (request == null || !isWhole(answer) || !isOfTheRequest(replies)) {
      return;
    }
    var entry =
        new Entry(
            request,
            question.lastUserText(),
            question.terms().tenant(),
            question.terms().decision(),
            at,
            at.plus(settings.ttl()),
            router,
            answer,
            usd,
            lookup.vector());
    remember(entry);
    if (shared != null) {
      var frame = request.frame();
      var vector = lookup.vector();
      shared.keep(
          new Kept(
              request.key(),
              entry.tenant(),
              entry.decision(),
              router,
              entry.asked(),
              "",
              usd,
              at,
              entry.expires(),
              frame == null || vector == null ? null : new Place(frame, embedder.id(), vector)),
          answer);
    }
  }

  private static boolean isWhole(Answer answer) {
    boolean ended =
        answer.finish() == FinishReason.STOP || answer.finish() == FinishReason.TOOL_CALLS;
    return ended && answer.refusal() == null && !answer.isEmpty() && !answer.provenance().isEmpty();
  }

  /** Whether nothing went into it but the request: no tool, no documents, no fallback. */
  private static boolean isOfTheRequest(List<Reply> replies) {
    return replies.stream()
        .allMatch(reply ->
            switch (reply) {
              case Reply.Answered answered -> isSteady(answered.card().kind());
              case Reply.Failed failed -> failed.failure().kind() == FailureKind.CANCELLED;
            });
  }

  private static boolean isSteady(ExpertKind kind) {
    return !(kind instanceof ExpertKind.Tool) && !(kind instanceof ExpertKind.Retriever);
  }

  private void gone(@Nullable Entry entry) {
    if (entry != null && entry.request().frame() != null) {
      frames.computeIfPresent(
          entry.request().frame(),
          (frame, entries) -> {
            entries.remove(entry);
            return entries.isEmpty() ? null : entries;
          });
    }
  }

  /** Gives the answer that was made for a decision no more, on any replica. */
  public void drop(String decision) {
    forgetHere(kept -> kept.decision().equals(decision));
    if (shared != null) {
      try {
        shared.drop(decision, clock.instant());
      } catch (ExpertException e) {
        log.warn(
            "the answer of {} is given no more here, but may be after a restart and on other replicas: {}",
            decision,
            e.message());
      }
    }
  }

  /** Drops from memory what another replica called wrong. */
  public void follow() {
    if (shared == null) {
      return;
    }
    var now = clock.instant();
    // a clock that was ahead for a while must hide nothing that was called wrong since
    var since = heard.isBefore(now) ? heard : now;
    var dropped = shared.dropped(since.minus(SKEW));
    heard = now;
    for (var each : answers.asMap().entrySet()) {
      var entry = each.getValue();
      if (dropped.contains(entry.decision()) && answers.asMap().remove(each.getKey(), entry)) {
        gone(entry);
      }
    }
  }

  /** Empties the memory; what the store has is found again. */
  public void clear() {
    forgetHere(kept -> true);
  }

  /**
   * Drops answers from memory and store, and says how many.
   *
   * @throws ExpertException {@code STORE_UNAVAILABLE} when the store does not answer
   */
  public int forget(Predicate<Known> which) {
    Set<String> gone = forgetHere(which);
    if (shared != null) {
      gone.addAll(shared.forget(which));
      gone.addAll(forgetHere(which)); // what was found again meanwhile
    }
    return gone.size();
  }

  private Set<String> forgetHere(Predicate<Known> which) {
    Set<String> dropped = new HashSet<>();
    for (var each : answers.asMap().entrySet()) {
      var entry = each.getValue();
      if (which.test(new Known(entry.decision(), entry.tenant(), entry.asked()))
          && answers.asMap().remove(each.getKey(), entry)) {
        gone(entry);
        dropped.add(each.getKey());
      }
    }
    return dropped;
  }

  private void count(Metric metric, String tag) {
    counters.computeIfAbsent(metric.id() + tag, key -> metric.counter(meters, tag)).increment();
  }
}
