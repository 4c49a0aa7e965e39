package io.consilium.expert;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something a tenant's memory holds. It is never changed: what contradicts it supersedes it, and it
 * stays on record until it is deleted.
 *
 * @param id names it in decisions
 * @param tenant whose it is; no other ever sees it
 * @param kind what it is
 * @param subject of a fact, what it is about, by which a later one supersedes it; of an experience,
 *     the type of the plan; may be empty
 * @param text of a fact, what holds; of an experience, the question
 * @param experts of an experience, those whom the plan asked first; of a fact none
 * @param score of an experience, how right the answer was, 0 to 1; else null
 * @param source the id of the key that stated it, or of the decision it was learnt from; may be
 *     empty
 * @param created when
 * @param from when it begins to hold
 * @param until when it ends to, or null
 * @param supersededBy the note that took its place, or null
 * @param uses how often it was given or heeded
 * @param used when last, or null
 */
public record Note(
    String id,
    String tenant,
    Kind kind,
    String subject,
    String text,
    List<String> experts,
    @Nullable Double score,
    String source,
    Instant created,
    Instant from,
    @Nullable Instant until,
    @Nullable String supersededBy,
    long uses,
    @Nullable Instant used) {
  /** What a note may be. */
  public enum Kind {
    /** What somebody stated of the tenant's world. */
    FACT,
    /** What plan was how right for what question. */
    EXPERIENCE
  }

  public Note {
    experts = List.copyOf(experts);
    if (text.isBlank()) {
      throw ExpertException.invalid("text", "a note needs a text that says what holds");
    }
    if (until != null && !until.isAfter(from)) {
      throw ExpertException.invalid(
          "until",
          "a note must end to hold after it begins: %s is not after %s".formatted(until, from));
    }
  }

  /** Whether it holds at {@code now} and nothing took its place. */
  public boolean holdsAt(Instant now) {
    return supersededBy == null && !now.isBefore(from) && (until == null || now.isBefore(until));
  }
}
