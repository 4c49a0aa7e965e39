package io.consilium.expert.jdbc;

import io.consilium.expert.jdbc.StoredFile.Owner;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Many requests answered in the background.
 *
 * @param id unique; sorts by age
 * @param owner whose it is
 * @param record whether the owner's contents may be kept for as long as usual
 * @param endpoint which every line asks, such as {@code /v1/chat/completions}
 * @param input the id of the file of requests
 * @param window the time it may take, as it was asked for
 * @param keepSeconds how long its files are kept; null for as long as usual
 * @param metadata the owner's own, or null
 * @param state how far it is
 * @param times when it became so
 * @param counts of its lines
 * @param output the id of the file of answers, or null
 * @param error the id of the file of lines that were not answered, or null
 * @param errors why it failed as a whole, or null
 */
public record StoredBatch(
    String id,
    Owner owner,
    boolean record,
    String endpoint,
    String input,
    String window,
    @Nullable Long keepSeconds,
    @Nullable ObjectNode metadata,
    State state,
    Times times,
    Counts counts,
    @Nullable String output,
    @Nullable String error,
    @Nullable ArrayNode errors) {
  /** How far a batch is, in OpenAI's words. */
  public enum State {
    VALIDATING,
    IN_PROGRESS,
    FINALIZING,
    COMPLETED,
    FAILED,
    EXPIRED,
    CANCELLING,
    CANCELLED;

    /** Whether nothing more will happen. */
    public boolean ended() {
      return switch (this) {
        case COMPLETED, FAILED, EXPIRED, CANCELLED -> true;
        case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING -> false;
      };
    }
  }

  /**
   * When it became what it is.
   *
   * @param created when it was taken
   * @param expires when it ends, done or not
   * @param begun when its lines were read, or null
   * @param finalizing when its files were begun, or null
   * @param cancelling when somebody cancelled it, or null
   * @param ended when it ended, however it did, or null
   */
  public record Times(
      Instant created,
      Instant expires,
      @Nullable Instant begun,
      @Nullable Instant finalizing,
      @Nullable Instant cancelling,
      @Nullable Instant ended) {}

  /**
   * Its lines.
   *
   * @param total in the input
   * @param completed answered
   * @param failed not answered, and in the file of errors
   */
  public record Counts(int total, int completed, int failed) {}
}
