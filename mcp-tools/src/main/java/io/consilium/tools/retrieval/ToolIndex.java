package io.consilium.tools.retrieval;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.Bm25;
import io.consilium.expert.index.DotProduct;
import io.consilium.expert.index.Words;
import io.consilium.tools.retrieval.ToolWeights.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tools found for a request, among thousands, by what they say of themselves and by what served
 * similar requests before (after Lumer et al., "Toolshed: Scale Tool-Equipped Agents with Advanced
 * RAG-Tool Fusion and Tool Knowledge Bases", 2024; without its language model).
 *
 * <p>The score is a weighted sum of signals: BM25 and cosine of the whole request and of its best
 * piece with all that is said of the tool, in standard deviations over the tools; cosines with its
 * name and its first sentence; and the votes of requests seen before. All tools are scored by words
 * and meaning; names, first sentences and votes are looked at for the best of them and for those
 * that have votes. Changes embed what is new and therefore block; a search with its request at hand
 * computes only. Copy-on-write: searches see one consistent state and never wait.
 */
public final class ToolIndex {
  /** How many tools are looked at closely. */
  private static final int SHORTLIST = 200;

  /** Up to so many tools, every signal is computed for every tool. */
  private static final int WHOLLY = 2_000;

  /** Beyond, so many are looked at piece by piece, and so many more to know what is usual. */
  private static final int PROMISING = 1_000;

  private static final int SAMPLED = 300;

  /** How many requests seen before are kept. */
  private static final int EXAMPLES = 20_000;

  private static final DotProduct DOT = DotProduct.best();

  private final Embedder embedder;
  private final ToolWeights weights;
  private final Experience experience;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private volatile State state = State.of(List.of(), 1);

  private record Entry(
      ToolDocument document, List<String> words, float[] meaning, float[] name, float[] lead) {}

  private record State(
      List<Entry> entries,
      Map<String, Integer> positions,
      Bm25 words,
      float[] meanings,
      float[] names,
      float[] leads) {
    static State of(List<Entry> entries, int dimension) {
      Map<String, Integer> positions = new HashMap<>();
      float[] meanings = new float[entries.size() * dimension];
      float[] names = new float[entries.size() * dimension];
      float[] leads = new float[entries.size() * dimension];
      for (int i = 0; i < entries.size(); i++) {
        positions.put(entries.get(i).document.id(), i);
        System.arraycopy(entries.get(i).meaning, 0, meanings, i * dimension, dimension);
        System.arraycopy(entries.get(i).name, 0, names, i * dimension, dimension);
        System.arraycopy(entries.get(i).lead, 0, leads, i * dimension, dimension);
      }
      return new State(
          entries,
          positions,
          Bm25.of(entries.stream().map(Entry::words).toList()),
          meanings,
          names,
          leads);
    }
  }

  /** An empty index with these weights. */
  public ToolIndex(Embedder embedder, ToolWeights weights) {
    this.embedder = embedder;
    this.weights = weights;
    this.experience = new Experience(embedder.dimension(), EXAMPLES);
  }

  /** How many tools are held. */
  public int size() {
    return state.entries.size();
  }

  /** How many requests seen before are remembered. */
  public int examples() {
    return experience.size();
  }

  /** Whether a tool is held in this very version. */
  public boolean holds(ToolDocument document) {
    var seen = state;
    var position = seen.positions.get(document.id());
    return position != null && seen.entries.get(position).document.equals(document);
  }

  /**
   * Makes these the tools, and no others; what is held already, in the same version, is kept as it
   * is. Blocks while new ones are embedded.
   */
  public void replaceAll(Collection<ToolDocument> documents) {
    if (state.entries.stream().map(Entry::document).toList().equals(List.copyOf(documents))) {
      return;
    }
    var fresh = documents.stream().filter(document -> !holds(document)).toList();
    var added = embedded(fresh);
    synchronized (entries) {
      Map<String, Entry> next = new LinkedHashMap<>();
      for (var document : documents) {
        var entry = added.get(document.id());
        if (entry == null) {
          entry = entries.get(document.id());
        }
        if (entry != null) {
          next.put(document.id(), entry);
        }
      }
      entries.clear();
      entries.putAll(next);
      state = State.of(List.copyOf(entries.values()), embedder.dimension());
    }
  }

  private Map<String, Entry> embedded(List<ToolDocument> documents) {
    List<String> texts = new ArrayList<>(3 * documents.size());
    documents.forEach(document -> texts.add(document.text()));
    documents.forEach(document -> texts.add(document.spokenName()));
    documents.forEach(document -> texts.add(document.lead()));
    var vectors = embedder.embed(texts);
    Map<String, Entry> added = new HashMap<>();
    for (int i = 0; i < documents.size(); i++) {
      var document = documents.get(i);
      added.put(
          document.id(),
          new Entry(
              document,
              Words.of(document.text()),
              vectors.get(i),
              vectors.get(documents.size() + i),
              vectors.get(2 * documents.size() + i)));
    }
    return added;
  }

  /** Learns from requests that are known to have been served; embeds them, and therefore blocks. */
  public void learn(List<ToolExample> examples) {
    experience.learn(
        embedder.embed(examples.stream().map(ToolExample::request).toList()),
        examples.stream().map(ToolExample::tools).toList());
  }

  /** Up to {@code limit} tools for a request, best first; embeds it, and therefore blocks. */
  public List<FoundTool> search(String request, int limit) {
    return search(request, limit, tool -> true);
  }

  /** The same among the tools that are wanted. */
  public List<FoundTool> search(String request, int limit, Predicate<ToolDocument> wanted) {
    return size() == 0 ? List.of() : search(ToolRequest.of(request, embedder), limit, wanted);
  }

  /** The same for a request that was read before; only computes. */
  public List<FoundTool> search(ToolRequest request, int limit, Predicate<ToolDocument> wanted) {
    var now = state;
    int size = now.entries.size();
    Map<Signal, double[]> broad = broad(request, now);
    double[] rough = new double[size];
    for (int i = 0; i < size; i++) {
      for (var signal : BROAD) {
        rough[i] += weights.of(signal) * Objects.requireNonNull(broad.get(signal))[i];
      }
      if (!wanted.test(now.entries.get(i).document)) {
        rough[i] = Double.NEGATIVE_INFINITY;
      }
    }
    Set<Integer> shortlist = new HashSet<>();
    for (int i : Ranking.best(rough, Math.max(SHORTLIST, limit))) {
      shortlist.add(i);
    }
    var votes = experience.votes(request.vectors().getFirst());
    var pieceVotes = pieceVotes(request, votes);
    pieceVotes.keySet().forEach(id -> position(now, id, shortlist));
    List<FoundTool> found = new ArrayList<>(shortlist.size());
    for (int i : shortlist) {
      if (!wanted.test(now.entries.get(i).document)) {
        continue;
      }
      var entry = now.entries.get(i);
      Map<Signal, Double> why = new EnumMap<>(Signal.class);
      for (var signal : BROAD) {
        why.put(signal, Objects.requireNonNull(broad.get(signal))[i]);
      }
      why.putAll(names(request, now, i));
      votes(votes.get(entry.document.id()), why, Signal.EXAMPLES, Signal.CLASSIFIER);
      votes(
          pieceVotes.get(entry.document.id()), why, Signal.PIECE_EXAMPLES, Signal.PIECE_CLASSIFIER);
      double score = 0;
      for (var said : why.entrySet()) {
        said.setValue(said.getValue() * weights.of(said.getKey()));
        score += said.getValue();
      }
      found.add(new FoundTool(entry.document, score, why));
    }
    return found.stream()
        .sorted(
            Comparator.comparingDouble(FoundTool::score)
                .reversed()
                .thenComparing(tool -> tool.tool().id()))
        .limit(limit)
        .toList();
  }

  private static final List<Signal> BROAD =
      List.of(Signal.WORDS, Signal.PIECE_WORDS, Signal.MEANING, Signal.PIECE_MEANING);

  /**
   * The signals of the many, by signal and position, in standard deviations. Where there are more
   * tools than {@link #WHOLLY}, the meaning of pieces is looked at for the best by the other
   * signals, and for every so manieth tool, from which its mean and deviation are known; the others
   * get the least that was seen.
   */
  private Map<Signal, double[]> broad(ToolRequest request, State now) {
    int size = now.entries.size();
    Map<Signal, double[]> signals = new EnumMap<>(Signal.class);
    double[] words = now.words.scores(request.words().getFirst());
    double[] pieceWords = words.clone();
    if (request.words().size() > 1) {
      Arrays.fill(pieceWords, 0);
      for (int piece = 1; piece < request.words().size(); piece++) {
        double[] scores = now.words.scores(request.words().get(piece));
        for (int i = 0; i < size; i++) {
          pieceWords[i] = Math.max(pieceWords[i], scores[i]);
        }
      }
    }
    int dimension = embedder.dimension();
    float[] whole = request.vectors().getFirst();
    double[] meaning = new double[size];
    for (int i = 0; i < size; i++) {
      meaning[i] = DOT.of(whole, now.meanings, i * dimension);
    }
    double[] pieceMeaning = meaning.clone();
    signals.put(Signal.WORDS, standardised(words));
    signals.put(Signal.PIECE_WORDS, standardised(pieceWords));
    signals.put(Signal.MEANING, standardised(meaning));
    signals.put(
        Signal.PIECE_MEANING,
        request.vectors().size() == 1
            ? meaning // standardised in place
            : pieceMeaning(request, now, signals, pieceMeaning));
    return signals;
  }

  private double[] pieceMeaning(
      ToolRequest request, State now, Map<Signal, double[]> signals, double[] scores) {
    int size = scores.length;
    int dimension = embedder.dimension();
    if (size <= WHOLLY) {
      for (int i = 0; i < size; i++) {
        scores[i] = best(request, now.meanings, i * dimension);
      }
      return standardised(scores);
    }
    double[] promise = new double[size];
    for (int i = 0; i < size; i++) {
      promise[i] =
          Objects.requireNonNull(signals.get(Signal.WORDS))[i]
              + Objects.requireNonNull(signals.get(Signal.PIECE_WORDS))[i]
              + Objects.requireNonNull(signals.get(Signal.MEANING))[i];
    }
    Arrays.fill(scores, Double.NaN);
    for (int i : Ranking.best(promise, PROMISING)) {
      scores[i] = best(request, now.meanings, i * dimension);
    }
    double least = Double.POSITIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    int step = size / SAMPLED;
    int sampled = 0;
    for (int i = 0; i < size; i += step) {
      scores[i] = Double.isNaN(scores[i]) ? best(request, now.meanings, i * dimension) : scores[i];
      least = Math.min(least, scores[i]);
      sum += scores[i];
      squares += scores[i] * scores[i];
      sampled++;
    }
    double mean = sum / sampled;
    double deviation = Math.sqrt(Math.max(0, squares / sampled - mean * mean)) + 1e-9;
    for (int i = 0; i < size; i++) {
      scores[i] = ((Double.isNaN(scores[i]) ? least : scores[i]) - mean) / deviation;
    }
    return scores;
  }

  private static double best(ToolRequest request, float[] rows, int offset) {
    double best = Double.NEGATIVE_INFINITY;
    for (int piece = 0; piece < request.pieces(); piece++) {
      best = Math.max(best, DOT.of(request.piece(piece), rows, offset));
    }
    return best;
  }

  private Map<Signal, Double> names(ToolRequest request, State now, int position) {
    int offset = position * embedder.dimension();
    return Map.of(
        Signal.NAME,
        (double) DOT.of(request.vectors().getFirst(), now.names, offset),
        Signal.PIECE_NAME,
        best(request, now.names, offset),
        Signal.LEAD,
        (double) DOT.of(request.vectors().getFirst(), now.leads, offset),
        Signal.PIECE_LEAD,
        best(request, now.leads, offset));
  }

  private Map<String, Experience.Vote> pieceVotes(
      ToolRequest request, Map<String, Experience.Vote> whole) {
    if (request.vectors().size() == 1 || experience.isEmpty()) {
      return whole;
    }
    Map<String, Experience.Vote> best = new HashMap<>();
    for (int piece = 0; piece < request.pieces(); piece++) {
      experience
          .votes(request.piece(piece))
          .forEach((id, vote) -> best.merge(id, vote, Experience.Vote::max));
    }
    whole.keySet().forEach(id -> best.putIfAbsent(id, new Experience.Vote(0, 0)));
    return best;
  }

  private static void position(State now, String id, Set<Integer> shortlist) {
    var position = now.positions.get(id);
    if (position != null) { // else it served once and is gone
      shortlist.add(position);
    }
  }

  private static void votes(
      Experience.@Nullable Vote vote,
      Map<Signal, Double> why,
      Signal neighbours,
      Signal classifier) {
    why.put(neighbours, vote == null ? 0 : vote.neighbours());
    why.put(classifier, vote == null ? 0 : vote.classifier());
  }

  /** In standard deviations from the mean of all tools. */
  private static double[] standardised(double[] scores) {
    double sum = 0;
    double squares = 0;
    for (double score : scores) {
      sum += score;
      squares += score * score;
    }
    double mean = sum / Math.max(1, scores.length);
    double deviation =
        Math.sqrt(Math.max(0, squares / Math.max(1, scores.length) - mean * mean)) + 1e-9;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (scores[i] - mean) / deviation;
    }
    return scores;
  }
}
