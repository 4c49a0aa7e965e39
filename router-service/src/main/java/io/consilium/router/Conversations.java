package io.consilium.router;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.consilium.expert.Message;
import io.consilium.expert.Question;
import io.consilium.expert.Role;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which expert serves which conversation. A conversation is known by the id its caller gave, else
 * by its tenant, system prompt, first user turn and first answer. Bounded: the least recently used
 * are forgotten, and so is one that rests for an hour (providers drop prompt caches sooner). Lives
 * in this process; losing it costs a prompt cache, never an answer.
 */
public final class Conversations {
  private static final Duration REST = Duration.ofHours(1);

  private final Cache<String, String> experts;

  /**
   * Remembers none yet.
   *
   * @param limit the most conversations remembered
   * @param ticker tells the time, in nanoseconds
   */
  public Conversations(int limit, Ticker ticker) {
    this.experts =
        Caffeine.newBuilder().maximumSize(limit).expireAfterAccess(REST).ticker(ticker).build();
  }

  /** The expert that served this conversation last. */
  public Optional<String> incumbent(Question question) {
    var key = key(question, null);
    return key == null ? Optional.empty() : Optional.ofNullable(experts.getIfPresent(key));
  }

  /**
   * Notes who answered.
   *
   * @param answer the text given, by which a conversation without an id is known later
   */
  public void served(Question question, String answer, String expert) {
    var key = key(question, answer);
    if (key != null) {
      experts.put(key, expert);
    }
  }

  private static @Nullable String key(Question question, @Nullable String answer) {
    var terms = question.terms();
    if (terms.conversation() != null) {
      return Texts.hash(terms.tenant(), terms.conversation());
    }
    var first = first(question, Role.ASSISTANT);
    var reply = first == null ? answer : first.text();
    if (reply == null) {
      return null; // nobody has answered yet
    }
    var system = first(question, Role.SYSTEM);
    var user = first(question, Role.USER);
    return Texts.hash(
        terms.tenant(),
        system == null ? "" : system.text(),
        user == null ? "" : user.text(),
        reply.strip());
  }

  private static @Nullable Message first(Question question, Role role) {
    for (var message : question.messages()) {
      if (message.role() == role) {
        return message;
      }
    }
    return null;
  }
}
