package io.consilium.tools.retrieval;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.Bm25;
import io.consilium.expert.index.Rows;
import io.consilium.expert.index.Words;
import io.consilium.tools.retrieval.ToolWeights.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;

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
@SuppressWarnings("EnumOrdinal") // arrays by signal: every request scores every tool
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

  private static final List<Signal> SIGNALS = List.of(Signal.values());

  private final Embedder embedder;

  /** By ordinal of signal. */
  private final double[] weight;

  private final Experience experience;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private volatile State state = State.of(List.of(), 1);

  private record Entry(
      ToolDocument document, List<String> words, float[] meaning, float[] name, float[] lead) {}

  private record State(
      List<Entry> entries,
      Map<String, Integer> positions,
      Bm25 words,
      Rows meanings,
      Rows names,
      Rows leads) {
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
          Rows.of(meanings, dimension, entries.size() > WHOLLY),
          Rows.of(names, dimension, false),
          Rows.of(leads, dimension, false));
    }
  }

  /** An empty index with these weights. */
  public ToolIndex(Embedder embedder, ToolWeights weights) {
    this.embedder = embedder;
    this.weight = SIGNALS.stream().mapToDouble(weights::of).toArray();
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
    var requests = examples.stream().map(ToolExample::request).toList();
    experience.learn(
        embedder.embed(requests),
        requests.stream().map(Wordings::terms).toList(),
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
    IntPredicate want = position -> wanted.test(now.entries.get(position).document);
    var broad = broad(request, now);
    var shortlist = new BitSet(now.entries.size());
    for (int i : Ranking.best(broad.rough(), Math.max(SHORTLIST, limit), want)) {
      shortlist.set(i);
    }
    double newcomers = experience.newcomers(now.positions.keySet());
    var votes =
        experience.votes(request.vectors().getFirst(), request.terms().getFirst(), newcomers);
    var pieceVotes = pieceVotes(request, votes, newcomers);
    for (var id : pieceVotes.keySet()) {
      var position = now.positions.get(id);
      if (position != null && want.test(position)) { // else it served once and is gone
        shortlist.set(position);
      }
    }
    int[] looked = shortlist.stream().toArray();
    double[][] adds = new double[looked.length][];
    double[] scores = new double[looked.length];
    for (int k = 0; k < looked.length; k++) {
      adds[k] = adds(request, now, broad, looked[k], votes, pieceVotes);
      for (double add : adds[k]) {
        scores[k] += add;
      }
    }
    return IntStream.range(0, looked.length)
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer k) -> -scores[k])
                .thenComparing(k -> now.entries.get(looked[k]).document.id()))
        .limit(limit)
        .map(k -> new FoundTool(now.entries.get(looked[k]).document, scores[k], why(adds[k])))
        .toList();
  }

  private static Map<Signal, Double> why(double[] adds) {
    Map<Signal, Double> why = new EnumMap<>(Signal.class);
    for (var signal : SIGNALS) {
      why.put(signal, adds[signal.ordinal()]);
    }
    return why;
  }

  /** What every signal adds to the score of one tool. */
  private double[] adds(
      ToolRequest request,
      State now,
      Broad broad,
      int position,
      Map<String, Experience.Vote> votes,
      Map<String, Experience.Vote> pieceVotes) {
    var id = now.entries.get(position).document.id();
    var vote = votes.getOrDefault(id, Experience.Vote.NONE);
    var pieceVote = pieceVotes.getOrDefault(id, Experience.Vote.NONE);
    float[] whole = request.vectors().getFirst();
    double meaning = broad.meaning(now.meanings.dot(whole, position));
    double[] adds = new double[SIGNALS.size()];
    for (var signal : SIGNALS) {
      double says =
          switch (signal) {
            case WORDS -> broad.words[position];
            case PIECE_WORDS -> broad.pieceWords[position];
            case MEANING -> meaning;
            case PIECE_MEANING ->
                request.vectors().size() == 1 ? meaning : broad.pieceMeaning[position];
            case NAME -> now.names.dot(whole, position);
            case PIECE_NAME -> best(request, now.names, position);
            case LEAD -> now.leads.dot(whole, position);
            case PIECE_LEAD -> best(request, now.leads, position);
            case EXAMPLES -> vote.neighbours();
            case CLASSIFIER -> vote.classifier();
            case PIECE_EXAMPLES -> pieceVote.neighbours();
            case PIECE_CLASSIFIER -> pieceVote.classifier();
            case WORDING -> vote.wording();
            case PIECE_WORDING -> pieceVote.wording();
          };
      adds[signal.ordinal()] = says * weight[signal.ordinal()];
    }
    return adds;
  }

  /**
   * What words and meaning say of every tool, by position, in standard deviations; of more tools
   * than {@link #WHOLLY}, meaning is known about.
   *
   * @param mean of the cosines with the whole request
   * @param deviation of them
   */
  private record Broad(
      double[] words,
      double[] pieceWords,
      double[] meanings,
      double[] pieceMeaning,
      double mean,
      double deviation,
      double[] rough) {
    double meaning(double cosine) {
      return (cosine - mean) / deviation;
    }
  }

  private Broad broad(ToolRequest request, State now) {
    int size = now.entries.size();
    double[] words = now.words.scores(request.words().getFirst());
    double[] pieceWords = words;
    if (request.words().size() > 1) {
      pieceWords = new double[size];
      for (int piece = 1; piece < request.words().size(); piece++) {
        double[] scores = now.words.scores(request.words().get(piece));
        for (int i = 0; i < size; i++) {
          pieceWords[i] = Math.max(pieceWords[i], scores[i]);
        }
      }
      standardise(pieceWords, Spread.of(pieceWords));
    }
    standardise(words, Spread.of(words));
    double[] meanings = now.meanings.about(request.vectors().getFirst());
    var spread = Spread.of(meanings);
    standardise(meanings, spread);
    double[] pieceMeaning =
        request.vectors().size() == 1
            ? meanings
            : pieceMeaning(request, now, words, pieceWords, meanings);
    double[] rough = new double[size];
    double w = weight[Signal.WORDS.ordinal()];
    double pw = weight[Signal.PIECE_WORDS.ordinal()];
    double m = weight[Signal.MEANING.ordinal()];
    double pm = weight[Signal.PIECE_MEANING.ordinal()];
    for (int i = 0; i < size; i++) {
      rough[i] = w * words[i] + pw * pieceWords[i] + m * meanings[i] + pm * pieceMeaning[i];
    }
    return new Broad(
        words, pieceWords, meanings, pieceMeaning, spread.mean, spread.deviation, rough);
  }

  /**
   * Where there are more tools than {@link #WHOLLY}, the meaning of pieces is looked at for the
   * best by the other signals, and for every so manieth tool, from which its mean and deviation are
   * known; the others get the least that was seen.
   */
  private static double[] pieceMeaning(
      ToolRequest request, State now, double[] words, double[] pieceWords, double[] meanings) {
    int size = words.length;
    double[] scores = new double[size];
    if (size <= WHOLLY) {
      for (int i = 0; i < size; i++) {
        scores[i] = best(request, now.meanings, i);
      }
      standardise(scores, Spread.of(scores));
      return scores;
    }
    double[] promise = new double[size];
    for (int i = 0; i < size; i++) {
      promise[i] = words[i] + pieceWords[i] + meanings[i];
    }
    Arrays.fill(scores, Double.NaN);
    for (int i : Ranking.best(promise, PROMISING)) {
      scores[i] = best(request, now.meanings, i);
    }
    int step = size / SAMPLED;
    double[] sample = new double[(size + step - 1) / step];
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < sample.length; k++) {
      int i = k * step;
      scores[i] = Double.isNaN(scores[i]) ? best(request, now.meanings, i) : scores[i];
      sample[k] = scores[i];
      least = Math.min(least, scores[i]);
    }
    for (int i = 0; i < size; i++) {
      scores[i] = Double.isNaN(scores[i]) ? least : scores[i];
    }
    standardise(scores, Spread.of(sample));
    return scores;
  }

  private static double best(ToolRequest request, Rows rows, int position) {
    double best = Double.NEGATIVE_INFINITY;
    for (int piece = 0; piece < request.pieces(); piece++) {
      best = Math.max(best, rows.dot(request.piece(piece), position));
    }
    return best;
  }

  private Map<String, Experience.Vote> pieceVotes(
      ToolRequest request, Map<String, Experience.Vote> whole, double newcomers) {
    if (request.vectors().size() == 1 || experience.isEmpty()) {
      return whole;
    }
    Map<String, Experience.Vote> best = new HashMap<>();
    for (int piece = 0; piece < request.pieces(); piece++) {
      experience
          .votes(request.piece(piece), request.pieceTerms(piece), newcomers)
          .forEach((id, vote) -> best.merge(id, vote, Experience.Vote::max));
    }
    whole.keySet().forEach(id -> best.putIfAbsent(id, Experience.Vote.NONE));
    return best;
  }

  /** Where scores lie. */
  private record Spread(double mean, double deviation) {
    static Spread of(double[] scores) {
      double sum = 0;
      double squares = 0;
      for (double score : scores) {
        sum += score;
        squares += score * score;
      }
      double mean = sum / Math.max(1, scores.length);
      double variance = squares / Math.max(1, scores.length) - mean * mean;
      return new Spread(mean, Math.sqrt(Math.max(0, variance)) + 1e-9);
    }
  }

  /** In standard deviations from the mean, in place. */
  private static void standardise(double[] scores, Spread spread) {
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (scores[i] - spread.mean) / spread.deviation;
    }
  }
}
