package io.consilium.worker.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** One context of one model: it reads tokens and says what may come next. Of one thread. */
final class Session {
  private static final int AT_ONCE = 512;

  private final Model model;
  private final int size;
  private final MemorySegment context;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment tokens;
  private List<Mix.Weighted> adapters = List.of();
  private int used;

  Session(Model model, int size, int threads) {
    this.model = model;
    this.size = size;
    context = model.llama().newContext(model.handle(), size, threads);
    tokens = arena.allocate(JAVA_INT, AT_ONCE);
  }

  Model model() {
    return model;
  }

  /** Whether these adapters, in these weights, are the ones that are set. */
  boolean has(List<Mix.Weighted> wanted) {
    return adapters.equals(wanted);
  }

  /** Starts anew with these adapters. Returns whether the set of adapters changed. */
  boolean begin(List<Mix.Weighted> wanted) {
    var changed = !adapters.equals(wanted);
    if (changed) {
      List<MemorySegment> handles = new ArrayList<>();
      var scales = new float[wanted.size()];
      for (int i = 0; i < scales.length; i++) {
        handles.add(model.adapter(wanted.get(i).adapter()));
        scales[i] = wanted.get(i).scale();
      }
      model.llama().setAdapters(context, handles, scales);
      adapters = List.copyOf(wanted);
    }
    model.llama().clearMemory(context);
    used = 0;
    return changed;
  }

  /** Lets go of all adapters, so that they may be unloaded. */
  void release() {
    model.llama().setAdapters(context, List.of(), new float[0]);
    adapters = List.of();
  }

  void read(int[] more) {
    for (int from = 0; from < more.length; from += AT_ONCE) {
      var count = Math.min(AT_ONCE, more.length - from);
      if (used + count > size) {
        throw new IllegalStateException("the context is full");
      }
      MemorySegment.copy(more, from, tokens, JAVA_INT, 0, count);
      var code = model.llama().decode(context, tokens, count);
      if (code != 0) {
        throw WorkerException.internal("llama.cpp stopped reading with code " + code);
      }
      used += count;
    }
  }

  void read(int token) {
    tokens.set(JAVA_INT, 0, token);
    if (model.llama().decode(context, tokens, 1) != 0) {
      throw WorkerException.internal("llama.cpp stopped reading");
    }
    used++;
  }

  void next(float[] logits) {
    model.llama().logits(context, logits);
  }

  /** The mean embedding of a text's tokens, of length 1. */
  float[] embed(int[] text) {
    var llama = model.llama();
    var width = model.width();
    var sum = new double[width];
    llama.setEmbeddings(context, true);
    try {
      begin(List.of());
      for (int from = 0; from < text.length; from++) {
        read(text[from]);
        var row = llama.embedding(context, -1, width);
        if (row == null) {
          throw WorkerException.internal("the model gives no embeddings");
        }
        for (int i = 0; i < width; i++) {
          sum[i] += row[i];
        }
      }
    } finally {
      llama.setEmbeddings(context, false);
    }
    double norm = 0;
    for (var value : sum) {
      norm += value * value;
    }
    var out = new float[width];
    for (int i = 0; i < width; i++) {
      out[i] = (float) (sum[i] / Math.sqrt(norm));
    }
    return out;
  }

  void close() {
    model.llama().freeContext(context);
    arena.close();
  }
}
