package io.consilium.orchestrator.api;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.wire.ChatWire;
import io.consilium.expert.wire.CompletionsWire;
import io.consilium.expert.wire.EmbeddingsWire;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.Policies;
import io.consilium.orchestrator.cache.AnswerCache;
import io.consilium.orchestrator.cache.CacheRules;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Turns requests into questions. */
public final class Asking {
  private final Orchestrator orchestrator;
  private final Policies policies;
  private final Bodies bodies;
  private final Duration usualTime;
  private final CacheRules cacheRules;
  private final InstantSource clock;

  /**
   * Questions to one orchestrator.
   *
   * @param usualTime the time an answer may take when the caller sets none
   * @param cacheRules say which earlier answers may do
   */
  public Asking(
      Orchestrator orchestrator,
      Policies policies,
      Bodies bodies,
      Duration usualTime,
      CacheRules cacheRules,
      InstantSource clock) {
    this.orchestrator = orchestrator;
    this.policies = policies;
    this.bodies = bodies;
    this.usualTime = usualTime;
    this.cacheRules = cacheRules;
    this.clock = clock;
  }

  /**
   * A question as it was asked.
   *
   * @param explain whether the caller wants to know how it is decided
   * @param contrast whether the caller wants to know how the answer stands to the replies behind it
   * @param at when it was read
   */
  record Asked(Question question, boolean explain, boolean contrast, Instant at) {}

  /**
   * Reads a request's question.
   *
   * @throws ExpertException naming the field, when it cannot be served as it is
   */
  Asked read(Dialect dialect, HttpServletRequest request) {
    return read(
        dialect,
        bodies.read(request),
        Caller.of(request),
        header(request, "x-consilium-conversation"),
        depth(request),
        header(request, "traceparent"));
  }

  /**
   * The question in a chat body that did not come over HTTP as one.
   *
   * @throws ExpertException naming the field, when it cannot be served as it is
   */
  public Question question(ObjectNode body, Caller caller) {
    return read(Dialect.CHAT, body, caller).question();
  }

  /**
   * The question in a body that did not come over HTTP as one.
   *
   * @throws ExpertException naming the field, when it cannot be served as it is
   */
  Asked read(Dialect dialect, ObjectNode body, Caller caller) {
    return read(dialect, body, caller, null, 0, null);
  }

  private Asked read(
      Dialect dialect,
      ObjectNode body,
      Caller caller,
      @Nullable String conversation,
      int depth,
      @Nullable String trace) {
    var wishes = Wishes.of(body, policies, orchestrator.roster());
    var now = clock.instant();
    var terms =
        new Terms(
            wishes.policy(),
            now.plus(wishes.time() == null ? usualTime : wishes.time()),
            wishes.budgetUsd(),
            caller.tenant(),
            caller.key(),
            wishes.conversation() != null ? wishes.conversation() : conversation,
            Terms.newDecisionId(),
            depth,
            trace,
            caller.recordContent());
    var question =
        switch (dialect) {
          case CHAT -> ChatWire.question(body, terms);
          case COMPLETIONS -> CompletionsWire.question(body, terms);
          case EMBEDDINGS -> EmbeddingsWire.question(body, terms);
        };
    var caching =
        cacheRules.of(
            wishes.cache(),
            wishes.policy().name(),
            AnswerCache.isSteady(question),
            caller.caching());
    return new Asked(
        question.under(terms.cached(caching).remembering(wishes.memory())),
        wishes.explain(),
        wishes.contrast(),
        now);
  }

  /** How many other services have passed this question on. */
  private static int depth(HttpServletRequest request) {
    var text = request.getHeader(Terms.DEPTH_HEADER);
    if (text == null) {
      return 0;
    }
    try {
      return Integer.parseUnsignedInt(text.strip());
    } catch (NumberFormatException e) {
      throw new ExpertException(
          FailureKind.INVALID_REQUEST,
          "the header %s must be a whole number from 0 to %d"
              .formatted(Terms.DEPTH_HEADER, Terms.MAX_DEPTH),
          e);
    }
  }

  /** A header that is not absurdly long, or null. */
  private static @Nullable String header(HttpServletRequest request, String name) {
    var value = request.getHeader(name);
    return value == null || value.isBlank() || value.length() > 128 ? null : value;
  }
}
