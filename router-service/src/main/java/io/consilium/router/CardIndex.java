package io.consilium.router;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Roster;
import io.consilium.expert.Skill;
import io.consilium.expert.index.LexicalIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What cards say, ready to be compared with questions: vectors of descriptions, of their sentences
 * and of skills, and an index of their words. Vectors are kept by text, so a changed card costs
 * only what is new in it. They are computed on the executor given, never while a request waits:
 * until they are there a card has words only.
 */
final class CardIndex {
  private static final Logger log = LoggerFactory.getLogger(CardIndex.class);
  private static final Pattern SENTENCE = Pattern.compile("(?<=[.;:!?])\\s+");

  private final Embedder embedder;
  private final Executor executor;
  private final Map<String, float[]> vectors = new ConcurrentHashMap<>();
  private final AtomicBoolean preparing = new AtomicBoolean();
  private volatile View last = new View(List.of(), List.of(), new LexicalIndex(), true);

  CardIndex(Embedder embedder, Executor executor) {
    this.embedder = embedder;
    this.executor = executor;
  }

  /**
   * All cards of one roster.
   *
   * @param cards in roster order
   * @param texts of each, in the same order
   * @param words of descriptions and skills
   * @param complete whether every vector is there
   */
  record View(
      List<ExpertCard> cards, List<CardTexts> texts, LexicalIndex words, boolean complete) {}

  /**
   * What one card says, as vectors; empty arrays until they are computed.
   *
   * @param descriptions flat: the whole description, then each sentence of it
   * @param skills flat: one row per skill, in card order
   */
  record CardTexts(float[] descriptions, float[] skills) {}

  /** Starts computing what the roster's cards need and returns at once. */
  void prepare(Roster roster) {
    var missing = missing(roster.cards());
    if (!missing.isEmpty() && preparing.compareAndSet(false, true)) {
      executor.execute(() -> {
        try {
          var texts = List.copyOf(missing);
          var computed = embedder.embed(texts);
          for (int i = 0; i < computed.size(); i++) {
            vectors.put(texts.get(i), computed.get(i));
          }
        } catch (ExpertException e) {
          log.warn("cards are compared by words only for now: {}", e.message());
        } finally {
          preparing.set(false);
        }
      });
    }
  }

  private Set<String> missing(List<ExpertCard> cards) {
    Set<String> missing = new LinkedHashSet<>();
    for (var card : cards) {
      missing.addAll(descriptions(card));
      card.skills().forEach(skill -> missing.add(skill.name()));
    }
    missing.removeIf(text -> text.isBlank() || vectors.containsKey(text));
    return missing;
  }

  /** The roster as far as it is prepared; asks for the rest. */
  View view(Roster roster) {
    var cards = roster.cards();
    var seen = last;
    if (seen.complete && seen.cards.equals(cards)) {
      return seen;
    }
    prepare(roster);
    List<CardTexts> texts = new ArrayList<>();
    Map<String, String> words = new LinkedHashMap<>();
    for (var card : cards) {
      texts.add(
          new CardTexts(
              rows(descriptions(card)), rows(card.skills().stream().map(Skill::name).toList())));
      words.put(card.id(), words(card));
    }
    var index = new LexicalIndex();
    index.put(words);
    var view = new View(cards, List.copyOf(texts), index, missing(cards).isEmpty());
    last = view;
    return view;
  }

  private static List<String> descriptions(ExpertCard card) {
    List<String> texts = new ArrayList<>();
    var whole = card.description().strip();
    if (!whole.isEmpty()) {
      texts.add(whole);
      var sentences = SENTENCE.split(whole);
      if (sentences.length > 1) {
        texts.addAll(List.of(sentences));
      }
    }
    return texts;
  }

  private static String words(ExpertCard card) {
    var text = new StringBuilder(card.id()).append(' ').append(card.description());
    card.skills().stream()
        .filter(skill -> skill.weight() > 0)
        .forEach(skill -> text.append(' ').append(skill.name()));
    return text.toString();
  }

  private float[] rows(List<String> texts) {
    var found = texts.stream().map(text -> Optional.ofNullable(vectors.get(text))).toList();
    if (found.stream().anyMatch(Optional::isEmpty)) {
      return new float[0];
    }
    int dimension = embedder.dimension();
    float[] rows = new float[texts.size() * dimension];
    for (int i = 0; i < found.size(); i++) {
      System.arraycopy(found.get(i).orElseThrow(), 0, rows, i * dimension, dimension);
    }
    return rows;
  }
}
