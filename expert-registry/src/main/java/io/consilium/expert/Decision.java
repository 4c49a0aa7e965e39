package io.consilium.expert;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the journal keeps of one question: what was asked, seen, decided, replied and paid. Plain
 * data, so that it survives as JSON.
 *
 * @param id unique across replicas
 * @param at when the question came
 * @param tenant whose it was
 * @param key the id of the API key used, or null
 * @param conversation it belongs to, or null
 * @param model asked for
 * @param policy under which it was decided
 * @param question the last user turn; null when contents are not recorded
 * @param profile what the router knew of the question
 * @param route what was decided
 * @param replies of everyone asked, in order
 * @param answer the text given; null when there was none or contents are not recorded
 * @param failure why there was no answer, or null
 * @param usd what it cost, every call counted
 * @param millis from the request's arrival to the last byte
 * @param overheadMillis of these, spent by Consilium rather than waiting for experts
 * @param bought what was bought to decide, in order: a description of the task, and bids, whose
 *     {@code p} is the bid; part of {@code usd}
 * @param cached where the answer came from when nobody was asked for it, or null
 * @param notes what was remembered for it: facts that experts were told, and experience that bore
 *     on whom to ask
 * @param shown attempts of others that experts were shown, in order; what they said stands in the
 *     replies, of this decision and those of compositions below it
 */
public record Decision(
    String id,
    Instant at,
    String tenant,
    @Nullable String key,
    @Nullable String conversation,
    String model,
    String policy,
    @Nullable String question,
    Profile profile,
    Route route,
    List<Told> replies,
    @Nullable String answer,
    @Nullable Failure failure,
    double usd,
    double millis,
    double overheadMillis,
    List<Told> bought,
    @Nullable Cached cached,
    List<Noted> notes,
    List<Shown> shown) {
  /**
   * An attempt that an expert was shown.
   *
   * @param to who was shown it
   * @param from whose it was: of several that said the same, the most promising
   * @param score P(correct) as forecast of all who said it, added up
   */
  public record Shown(String to, String from, double score) {}

  /**
   * Something that was remembered.
   *
   * @param note its id
   * @param kind what it is
   * @param similarity cosine of it and the question
   * @param score similarity × recency × frequency, by which it was chosen
   */
  public record Noted(String note, Note.Kind kind, double similarity, double score) {}

  /**
   * An answer given before and given again.
   *
   * @param how {@code EXACT} for the same request, {@code SEMANTIC} for the same question in other
   *     words
   * @param decision the id of the decision that it was made for
   * @param at when that was
   * @param similarity cosine of the two questions' vectors; 1 for the same request
   * @param saved what it cost then, in US dollars
   */
  public record Cached(Caching how, String decision, Instant at, double similarity, double saved) {}

  /**
   * What the router knew of the question.
   *
   * @param hash of the normalised text; SHA-256, hex
   * @param characters its length
   * @param tokens estimated, the whole conversation
   * @param skills tags found, strongest first
   * @param modalities asked for
   * @param tools number of tools the caller brought
   */
  public record Profile(
      String hash,
      int characters,
      int tokens,
      List<String> skills,
      List<Modality> modalities,
      int tools) {
    public Profile {
      skills = List.copyOf(skills);
      modalities = List.copyOf(modalities);
    }
  }

  /**
   * One expert's reply.
   *
   * @param expert its id
   * @param version of its card
   * @param p the P(correct) it was asked under, or null
   * @param millis it took
   * @param usage tokens, or null when it failed
   * @param usd what it cost
   * @param failure why it failed, or null
   * @param text what it said; null when it failed or contents are not recorded
   */
  public record Told(
      String expert,
      int version,
      @Nullable Double p,
      double millis,
      @Nullable Usage usage,
      double usd,
      @Nullable Failure failure,
      @Nullable String text) {}

  /** A failure on record. */
  public record Failure(FailureKind kind, String message) {}

  public Decision {
    replies = List.copyOf(replies);
    bought = bought == null ? List.of() : List.copyOf(bought); // older records have none
    notes = notes == null ? List.of() : List.copyOf(notes); // nor these
    shown = shown == null ? List.of() : List.copyOf(shown); // nor these
  }

  /** A decision whose answer was made for it. */
  public Decision(
      String id,
      Instant at,
      String tenant,
      @Nullable String key,
      @Nullable String conversation,
      String model,
      String policy,
      @Nullable String question,
      Profile profile,
      Route route,
      List<Told> replies,
      @Nullable String answer,
      @Nullable Failure failure,
      double usd,
      double millis,
      double overheadMillis,
      List<Told> bought) {
    this(
        id,
        at,
        tenant,
        key,
        conversation,
        model,
        policy,
        question,
        profile,
        route,
        replies,
        answer,
        failure,
        usd,
        millis,
        overheadMillis,
        bought,
        null,
        List.of(),
        List.of());
  }

  /** A decision for which nothing was bought. */
  public Decision(
      String id,
      Instant at,
      String tenant,
      @Nullable String key,
      @Nullable String conversation,
      String model,
      String policy,
      @Nullable String question,
      Profile profile,
      Route route,
      List<Told> replies,
      @Nullable String answer,
      @Nullable Failure failure,
      double usd,
      double millis,
      double overheadMillis) {
    this(
        id,
        at,
        tenant,
        key,
        conversation,
        model,
        policy,
        question,
        profile,
        route,
        replies,
        answer,
        failure,
        usd,
        millis,
        overheadMillis,
        List.of());
  }

  /** The same decision with other replies. */
  Decision with(List<Told> other) {
    return new Decision(
        id,
        at,
        tenant,
        key,
        conversation,
        model,
        policy,
        question,
        profile,
        route,
        other,
        answer,
        failure,
        usd,
        millis,
        overheadMillis,
        bought,
        cached,
        notes,
        shown);
  }
}
