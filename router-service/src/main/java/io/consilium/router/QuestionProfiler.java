package io.consilium.router;

import io.consilium.expert.Dialect;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Message;
import io.consilium.expert.Modality;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.Role;
import io.consilium.expert.Terms;
import io.consilium.expert.ToolSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a question needs. Cheap by itself; the embedding is computed only when an estimator
 * asks for it, of a text that is bounded whatever the caller sent.
 */
public final class QuestionProfiler {
  /** What of the last user turn is profiled: its head and its tail. */
  static final int HEAD = 480;

  static final int TAIL = 160;

  /** What of it methods that read words see. */
  private static final int FULL_HEAD = 3_000;

  private static final int FULL_TAIL = 1_000;

  /** A last turn shorter than this leans on the turns before it. */
  private static final int STANDS_ALONE = 200;

  private static final int DIGEST_TURNS = 2;
  private static final int DIGEST = 160;

  /** Tokens of an image, as the common models count a middling one. */
  private static final int PART_TOKENS = 800;

  private static final Logger log = LoggerFactory.getLogger(QuestionProfiler.class);

  private final Embedder embedder;
  private final SkillTags tags;
  private final Conversations conversations;
  private final Clock clock;

  public QuestionProfiler(
      Embedder embedder, SkillTags tags, Conversations conversations, Clock clock) {
    this.embedder = embedder;
    this.tags = tags;
    this.conversations = conversations;
    this.clock = clock;
  }

  /** The profile of a question. Never blocks: the dear parts wait until asked for. */
  public QuestionProfile profile(Question question) {
    var last = question.lastUserText();
    var text = text(question, last, HEAD, TAIL);
    var fullText = last.length() <= HEAD + TAIL ? text : text(question, last, FULL_HEAD, FULL_TAIL);
    int tokens = tokens(question.messages()) + toolTokens(question.tools());
    int lastTurn =
        tokens(question.messages().subList(lastUser(question), question.messages().size()));
    return new QuestionProfile(
        question,
        text,
        fullText,
        Texts.hash(Texts.normal(last)),
        tokens,
        Math.max(0, tokens - lastTurn),
        List.copyOf(modalities(question)),
        conversations.incumbent(question).orElse(null),
        question.terms().left(clock.instant()),
        () -> tags.of(text),
        this::embedded);
  }

  /**
   * The hashes under which decisions about a question are on record: of its text in one form, and
   * of the text as it was, which earlier releases kept where an expert was named.
   */
  public static List<String> hashes(String text) {
    return List.of(Texts.hash(Texts.normal(text)), Texts.hash(text.strip()));
  }

  /**
   * The profile of a question on record, bounded as the same question would be when it is served.
   *
   * @param embed the vector of a text; called when first needed
   */
  public static QuestionProfile recorded(
      String text, SkillTags tags, Function<String, Optional<float[]>> embed) {
    var question = Question.of(text, Terms.within(Duration.ofDays(1), Instant.EPOCH));
    var last = question.lastUserText();
    var bounded = Texts.headAndTail(last.strip(), HEAD, TAIL);
    int tokens = tokens(question.messages());
    return new QuestionProfile(
        question,
        bounded,
        Texts.headAndTail(last.strip(), FULL_HEAD, FULL_TAIL),
        Texts.hash(Texts.normal(last)),
        tokens,
        0,
        List.of(Modality.TEXT),
        null,
        Duration.ofDays(1),
        () -> tags.of(bounded),
        embed);
  }

  private Optional<float[]> embedded(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(embedder.embed(text));
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.CANCELLED) {
        throw e;
      }
      log.warn("routing without an embedding: {}", e.message());
      return Optional.empty();
    }
  }

  private static int lastUser(Question question) {
    var messages = question.messages();
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role() == Role.USER) {
        return i;
      }
    }
    return 0;
  }

  private static String text(Question question, String last, int head, int tail) {
    var bounded = Texts.headAndTail(last.strip(), head, tail);
    if (bounded.length() >= STANDS_ALONE || question.dialect() == Dialect.EMBEDDINGS) {
      return bounded;
    }
    List<String> turns = new ArrayList<>();
    var earlier = question.messages().subList(0, lastUser(question));
    for (var message : earlier.reversed()) {
      if (message.role() == Role.USER && turns.size() < DIGEST_TURNS) {
        turns.addFirst(Texts.headAndTail(message.text().strip(), DIGEST, 0));
      }
    }
    turns.add(bounded);
    return String.join("\n", turns);
  }

  /** A token for every four characters; parts that are not text count flat. */
  private static int tokens(List<Message> messages) {
    long characters = 0;
    for (var message : messages) {
      characters += 16; // role and separators
      for (var part : message.content()) {
        characters += part instanceof Part.Text text ? text.text().length() : 4L * PART_TOKENS;
      }
      for (var call : message.toolCalls()) {
        characters += call.arguments().length() + call.name().length();
      }
    }
    return (int) Math.min(Integer.MAX_VALUE, (characters + 3) / 4);
  }

  private static int toolTokens(List<ToolSpec> tools) {
    long characters = 0;
    for (var tool : tools) {
      characters += tool.toString().length();
    }
    return (int) Math.min(Integer.MAX_VALUE / 2, characters / 4);
  }

  private static Set<Modality> modalities(Question question) {
    Set<Modality> found = EnumSet.of(Modality.TEXT);
    for (var message : question.messages()) {
      for (var part : message.content()) {
        switch (part) {
          case Part.Text text -> found.add(Modality.TEXT);
          case Part.Image image -> found.add(Modality.IMAGE);
          case Part.Other other -> found.add(other.modality());
        }
      }
    }
    return found;
  }
}
