package io.consilium.worker.engine;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint in memory, run with a certain number of active experts, and the adapters loaded for
 * it. Whoever calls holds the engine's lock for loading and unloading; generation needs none.
 */
final class Model {
  private final Llama llama;
  private final Gguf file;
  private final MemorySegment handle;
  private final MemorySegment vocabulary;
  private final byte[][] pieces;
  private final boolean[] ends;
  private final Map<Adapter, MemorySegment> adapters = new HashMap<>();

  Model(Llama llama, Gguf file, int activeExperts, int gpuLayers) {
    this.llama = llama;
    this.file = file;
    Map<String, Long> overrides =
        activeExperts == 0
            ? Map.of()
            : Map.of(file.architecture() + ".expert_used_count", (long) activeExperts);
    handle = llama.loadModel(file.path(), overrides, gpuLayers);
    vocabulary = llama.vocabulary(handle);
    var size = llama.vocabularySize(vocabulary);
    pieces = new byte[size][];
    ends = new boolean[size];
    for (int token = 0; token < size; token++) {
      pieces[token] = llama.piece(vocabulary, token);
      ends[token] = llama.endsGeneration(vocabulary, token);
    }
  }

  Llama llama() {
    return llama;
  }

  MemorySegment handle() {
    return handle;
  }

  MemorySegment vocabulary() {
    return vocabulary;
  }

  int vocabularySize() {
    return pieces.length;
  }

  int width() {
    return llama.width(handle);
  }

  long parameters() {
    return llama.parameters(handle);
  }

  long bytes() {
    return llama.bytes(handle);
  }

  /** The bytes of a token; shared, not to be changed. */
  byte[] piece(int token) {
    return pieces[token];
  }

  boolean ends(int token) {
    return ends[token];
  }

  /** An adapter in this model, loaded when it is not. Two names for one file are two adapters. */
  MemorySegment adapter(Adapter adapter) {
    synchronized (adapters) {
      return adapters.computeIfAbsent(
          adapter, wanted -> llama.loadAdapter(handle, wanted.file().path()));
    }
  }

  void dropAdapter(Adapter adapter) {
    synchronized (adapters) {
      var loaded = adapters.remove(adapter);
      if (loaded != null) {
        llama.freeAdapter(loaded);
      }
    }
  }

  int[] tokenize(String text, boolean special) {
    return llama.tokenize(vocabulary, text, llama.addsBos(vocabulary), special);
  }

  /**
   * A chat as tokens. The texts of the turns never become control tokens, whatever they say.
   *
   * @throws WorkerException when the file has a chat format the library does not know
   */
  int[] chat(List<Llama.Turn> turns) {
    var name = file.text("tokenizer.chat_template").orElse("chatml");
    List<Llama.Turn> marked = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      marked.add(new Llama.Turn(turns.get(i).role(), mark(i)));
    }
    var rendered = llama.template(name, marked);
    if (rendered == null) {
      throw WorkerException.invalid(
          "messages",
          "the chat template of %s is none that llama.cpp's C API knows; send /v1/completions with the whole prompt"
              .formatted(file.path().getFileName()));
    }
    List<int[]> parts = new ArrayList<>();
    var rest = rendered;
    for (int i = 0; i < turns.size(); i++) {
      var at = rest.indexOf(mark(i));
      if (at < 0) {
        throw WorkerException.invalid(
            "messages", "the chat template leaves out message %d".formatted(i));
      }
      parts.add(llama.tokenize(vocabulary, rest.substring(0, at), false, true));
      parts.add(llama.tokenize(vocabulary, turns.get(i).content(), false, false));
      rest = rest.substring(at + mark(i).length());
    }
    parts.add(llama.tokenize(vocabulary, rest, false, true));
    if (llama.addsBos(vocabulary)) {
      parts.addFirst(llama.tokenize(vocabulary, "", true, true));
    }
    return parts.stream().flatMapToInt(Arrays::stream).toArray();
  }

  private static String mark(int index) {
    return "\u0001" + index + "\u0001";
  }

  String text(int[] tokens) {
    var out = new java.io.ByteArrayOutputStream();
    for (var token : tokens) {
      out.writeBytes(piece(token));
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  void close() {
    synchronized (adapters) {
      adapters.values().forEach(llama::freeAdapter);
      adapters.clear();
    }
    llama.freeModel(handle);
  }
}
