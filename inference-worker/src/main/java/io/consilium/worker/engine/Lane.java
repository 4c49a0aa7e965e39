package io.consilium.worker.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Generates one text at a time, so that what else is asked never changes an answer by a rounding
 * error. Contexts are kept from text to text.
 */
final class Lane {
  private record Key(String model, int ordinal) {}

  private final Function<String, Model> models;
  private final String base;
  private final int contextTokens;
  private final int threads;
  private final Map<Key, Session> sessions = new HashMap<>();

  /**
   * @param models the base model or the variant of this name, loaded
   * @param base the name of the base model
   */
  Lane(Function<String, Model> models, String base, int contextTokens, int threads) {
    this.models = models;
    this.base = base;
    this.contextTokens = contextTokens;
    this.threads = threads;
  }

  /** Generates; the adapters of the wish stay loaded until this returns. */
  Generation.Event run(Generation generation) {
    List<Session> used = new ArrayList<>();
    try {
      return generate(generation, used);
    } catch (WorkerException e) {
      return new Generation.Failed(e);
    } catch (RuntimeException e) {
      return new Generation.Failed(WorkerException.internal("generation failed: " + e));
    } finally {
      used.forEach(Session::release);
    }
  }

  private Generation.Event generate(Generation generation, List<Session> used) {
    var wish = generation.wish();
    for (int i = 0; i < wish.mixes().size(); i++) {
      used.add(session(new Key(wish.mixes().get(i).model(), i)));
    }
    var began = System.nanoTime();
    for (int i = 0; i < used.size(); i++) {
      used.get(i).begin(wish.mixes().get(i).adapters());
    }
    var switched = System.nanoTime();
    var model = used.getFirst().model();
    for (var token : wish.prompt()) {
      if (token < 0 || token >= model.vocabularySize()) {
        throw WorkerException.invalid(
            "prompt",
            "there are %d tokens, and no token %d".formatted(model.vocabularySize(), token));
      }
    }
    used.forEach(session -> session.read(wish.prompt()));
    var read = System.nanoTime();
    var constraint = wish.grammar() == null ? null : new Constraint(model, wish.grammar());
    try {
      var end = speak(generation, used, constraint);
      return new Generation.Done(
          end.rest(),
          end.reason(),
          new Generation.Cost(
              wish.prompt().length,
              end.tokens(),
              (read - switched) / 1e6,
              (System.nanoTime() - read) / 1e6,
              (switched - began) / 1e3));
    } finally {
      if (constraint != null) {
        constraint.close();
      }
    }
  }

  private record End(String rest, String reason, int tokens) {}

  private End speak(Generation generation, List<Session> used, @Nullable Constraint constraint) {
    var wish = generation.wish();
    var model = used.getFirst().model();
    var rows = used.stream().map(session -> new float[model.vocabularySize()]).toList();
    var logits = wish.fusion().isPresent() ? new float[model.vocabularySize()] : rows.getFirst();
    var counts = new int[model.vocabularySize()];
    var random = new SplittableRandom(wish.sampling().seed());
    var speech = new Speech(wish.stops());
    var most = Math.min(wish.maxTokens(), contextTokens - wish.prompt().length);
    for (int count = 0; count < most; count++) {
      if (generation.cancelled()) {
        return new End("", "cancelled", count);
      }
      for (int i = 0; i < rows.size(); i++) {
        used.get(i).next(rows.get(i));
        if (Sampling.likeliest(rows.get(i)) < 0) {
          throw WorkerException.internal(
              "%s gives no numbers: a file is damaged, or a scale is too large"
                  .formatted(wish.mixes().get(i).words()));
        }
      }
      wish.fusion().ifPresent(fusion -> fused(fusion, rows, logits));
      if (constraint != null) {
        constraint.apply(logits);
      }
      var report = wish.topLogprobs() >= 0 ? logits.clone() : logits;
      wish.sampling().penalise(logits, counts);
      var token = wish.sampling().draw(logits, random);
      if (token < 0) {
        throw WorkerException.invalid(
            "grammar",
            "no token of this model continues the grammar after %d tokens".formatted(count));
      }
      if (model.ends(token)) {
        return new End(speech.rest(), "stop", count);
      }
      counts[token]++;
      if (constraint != null) {
        constraint.accept(token);
      }
      var text = speech.hear(model.piece(token));
      generation.tell(told(token, text, report, wish.topLogprobs()));
      if (speech.stopped()) {
        return new End("", "stop", count + 1);
      }
      if (count + 1 < most) {
        used.forEach(session -> session.read(token));
      }
    }
    return new End(speech.rest(), "length", most);
  }

  private static void fused(Fusion fusion, List<float[]> rows, float[] into) {
    for (var row : rows) {
      var sum = Sampling.logSum(row);
      for (int i = 0; i < row.length; i++) {
        row[i] -= (float) sum;
      }
    }
    fusion.fuse(rows, into);
  }

  private static Generation.Token told(int token, String text, float[] logits, int top) {
    if (top < 0) {
      return new Generation.Token(token, text, 0, List.of());
    }
    var sum = Sampling.logSum(logits);
    var best =
        IntStream.range(0, logits.length)
            .filter(i -> logits[i] > Float.NEGATIVE_INFINITY)
            .boxed()
            .sorted((a, b) -> Float.compare(logits[b], logits[a]))
            .limit(top)
            .map(i -> new Generation.Candidate(i, logits[i] - sum))
            .toList();
    return new Generation.Token(token, text, logits[token] - sum, best);
  }

  /** The mean embedding of a text, by the bare model. */
  float[] embed(int[] tokens) {
    return session(new Key(base, 0)).embed(tokens);
  }

  private Session session(Key key) {
    return sessions.computeIfAbsent(
        key, wanted -> new Session(models.apply(wanted.model()), contextTokens, threads));
  }

  void close() {
    sessions.values().forEach(Session::close);
    sessions.clear();
  }

  /** A grammar that follows the text. */
  private static final class Constraint {
    private final Model model;
    private final MemorySegment grammar;

    Constraint(Model model, String gbnf) {
      this.model = model;
      grammar = model.llama().newGrammar(model.vocabulary(), gbnf);
      // for a grammar it cannot read, b4916 gives one that allows everything
      var logits = new float[model.vocabularySize()];
      model.llama().constrain(grammar, logits);
      if (Arrays.equals(logits, new float[logits.length])) {
        close();
        throw WorkerException.invalid(
            "grammar",
            "the grammar cannot be read: it is no GBNF with a rule named root, names a rule it lacks, or begins a rule with itself");
      }
    }

    /** Leaves only tokens that the grammar allows. */
    void apply(float[] logits) {
      model.llama().constrain(grammar, logits);
      // llama.cpp lets control tokens of no text pass
      for (int i = 0; i < logits.length; i++) {
        if (logits[i] > Float.NEGATIVE_INFINITY && model.piece(i).length == 0 && !model.ends(i)) {
          logits[i] = Float.NEGATIVE_INFINITY;
        }
      }
    }

    void accept(int token) {
      model.llama().accept(grammar, token);
    }

    void close() {
      model.llama().freeGrammar(grammar);
    }
  }
}
