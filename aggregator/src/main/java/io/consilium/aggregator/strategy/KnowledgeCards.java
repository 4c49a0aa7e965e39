package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Asks;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Domain experts write background, filters keep what is relevant, short and true, and one expert
 * answers with it (Feng et al., "Knowledge Card: Filling LLMs' Knowledge Gaps", CooK, 2024).
 * Relevant is a card whose embedding lies near the question's, or without an embedder one that
 * shares a word with it; short is cut at {@value #BRIEF} characters; true is what a checker says
 * yes to, where there is one. Without a card left the expert answers from what it knows.
 *
 * <p>Not for questions of reasoning, which background does not help. A failing writer fails the
 * aggregation: cards are no answers.
 */
public final class KnowledgeCards implements Aggregator, Asks {
  static final int BRIEF = 1_200;
  private static final double NEAR = 0.3;
  private static final Set<String> EMPTY = Set.of("none", "none.", "");

  private final Expert expert;
  private final Writer writer;
  private final @Nullable Embedder embedder;
  private final @Nullable Expert checker;
  private final Prompt card = Prompt.of("card-1.txt");
  private final Prompt fact = Prompt.of("fact-1.txt");

  /**
   * Cards for an expert.
   *
   * @param expert who answers
   * @param embedder by which relevance is measured, or null
   * @param checker who says whether a card is true, or null to believe all
   */
  public KnowledgeCards(Expert expert, @Nullable Embedder embedder, @Nullable Expert checker) {
    this.expert = expert;
    this.writer = new Writer(expert, Prompt.of("cards-1.txt"));
    this.embedder = embedder;
    this.checker = checker;
  }

  @Override
  public String name() {
    return "knowledge_cards";
  }

  @Override
  public Question asked(Question question, String member) {
    return card.plainAfter(question);
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    var voices = Voices.all(replies, Comparison.EXACT);
    if (voices.heard().isEmpty()) {
      return Optional.empty();
    }
    List<String> kept = new ArrayList<>();
    List<Answer.Contribution> shares = new ArrayList<>();
    for (var reply : voices.heard()) {
      var why = dropped(question, reply);
      if (why == null) {
        kept.add(brief(reply));
      }
      shares.add(
          new Answer.Contribution(
              reply.card().id(),
              reply.card().version(),
              why == null ? "background" : "background left out: " + why));
    }
    return Optional.of(
        writer
            .write(question, Prompt.quoted(kept), shares, out)
            .orElseThrow(() ->
                new ExpertException(
                    FailureKind.UNAVAILABLE,
                    expert.card().id() + " gave no answer in the form that was asked for")));
  }

  /** Why a card is left out; null when it is kept. */
  private @Nullable String dropped(Question question, Reply.Answered reply) {
    var text = brief(reply);
    if (EMPTY.contains(text.toLowerCase(Locale.ROOT))) {
      return "empty";
    }
    if (!relevant(question.lastUserText(), text)) {
      return "not relevant";
    }
    if (checker == null) {
      return null;
    }
    var material = Json.object();
    material.put("request", Prompt.cut(question.lastUserText())).put("background", text);
    var said = Writer.said(checker, fact.about(question, material));
    return said != null && said.toLowerCase(Locale.ROOT).startsWith("no") ? "not true" : null;
  }

  private boolean relevant(String asked, String text) {
    if (embedder != null) {
      var vectors = embedder.embed(List.of(asked, text));
      double cosine = 0;
      for (int i = 0; i < vectors.getFirst().length; i++) {
        cosine += vectors.get(0)[i] * vectors.get(1)[i];
      }
      return cosine >= NEAR;
    }
    var words = new HashSet<>(List.of(asked.toLowerCase(Locale.ROOT).split("\\W+")));
    for (var word : text.toLowerCase(Locale.ROOT).split("\\W+")) {
      if (word.length() > 3 && words.contains(word)) {
        return true;
      }
    }
    return false;
  }

  private static String brief(Reply.Answered reply) {
    var text = Spoken.of(reply.answer()).strip();
    return text.length() <= BRIEF ? text : text.substring(0, BRIEF);
  }
}
