package io.consilium.worker.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * llama.cpp's C API through {@link java.lang.foreign}. Two layouts are known: that of b4916 (the
 * Maven artefact) and that of v0.5.0; which one a library has is told from its symbols. Structures
 * come from the library's own defaults, and only fields at measured offsets are written.
 *
 * <p>A malformed file or a wrong argument can end the process; {@link Gguf} and {@link FileCheck}
 * stand in front. Safe for use from many threads as far as each context has one.
 */
final class Llama {
  // larger than any version's parameter structure: the library reads its own size only
  private static final StructLayout PARAMETERS =
      MemoryLayout.structLayout(MemoryLayout.sequenceLayout(32, JAVA_LONG));
  private static final StructLayout BATCH =
      MemoryLayout.structLayout(
          JAVA_INT.withName("n_tokens"),
          MemoryLayout.paddingLayout(4),
          ADDRESS.withName("token"),
          ADDRESS.withName("embd"),
          ADDRESS.withName("pos"),
          ADDRESS.withName("n_seq_id"),
          ADDRESS.withName("seq_id"),
          ADDRESS.withName("logits"));
  private static final int OVERRIDE_BYTES = 264;
  private static final int OVERRIDE_KEY = 4;
  private static final int OVERRIDE_VALUE = 136;
  private static final int CANDIDATE_BYTES = 12;
  private static final int ERROR_LEVEL = 4;

  /** Where the fields stand that differ between versions. */
  enum Layout {
    B4916(8, 48, 16, 20),
    V0_5_0(16, 64, 28, 32);

    private final int gpuLayers;
    private final int overrides;
    private final int threads;
    private final int batchThreads;

    Layout(int gpuLayers, int overrides, int threads, int batchThreads) {
      this.gpuLayers = gpuLayers;
      this.overrides = overrides;
      this.threads = threads;
      this.batchThreads = batchThreads;
    }
  }

  /** One message of a chat. */
  record Turn(String role, String content) {}

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols;
  private final Layout layout;
  private final String origin;
  // the library complains on the thread that called it
  private final ThreadLocal<Deque<String>> complaints = ThreadLocal.withInitial(ArrayDeque::new);

  // b4916 mixes up contexts that compute at the same time, measured: one step at a time, in turn
  private static final ReentrantLock turn = new ReentrantLock(true);

  private final MethodHandle modelDefaults;
  private final MethodHandle contextDefaults;
  private final MethodHandle loadModel;
  private final MethodHandle freeModel;
  private final MethodHandle newContext;
  private final MethodHandle freeContext;
  private final MethodHandle vocabulary;
  private final MethodHandle vocabularySize;
  private final MethodHandle endOfGeneration;
  private final MethodHandle addBos;
  private final MethodHandle tokenize;
  private final MethodHandle piece;
  private final MethodHandle decode;
  private final MethodHandle batchOf;
  private final MethodHandle logits;
  private final MethodHandle embeddings;
  private final MethodHandle setEmbeddings;
  private final MethodHandle width;
  private final MethodHandle parameters;
  private final MethodHandle bytes;
  private final MethodHandle template;
  private final MethodHandle loadAdapter;
  private final MethodHandle freeAdapter;
  private final MethodHandle setAdapter;
  private final @Nullable MethodHandle clearAdapters;
  private final MethodHandle clearMemory;
  private final @Nullable MethodHandle memory;
  private final MethodHandle newGrammar;
  private final MethodHandle applySampler;
  private final MethodHandle acceptSampler;
  private final MethodHandle freeSampler;

  /**
   * Loads the library.
   *
   * @param folder unpacked natives, or null for those of the Maven artefact
   * @param scratch where those are unpacked
   */
  Llama(@Nullable Path folder, Path scratch) {
    var found = Natives.find(folder, scratch);
    symbols = found.symbols();
    origin = found.origin();
    layout = symbols.find("llama_set_adapters_lora").isPresent() ? Layout.V0_5_0 : Layout.B4916;
    listen();
    if (found.backends() != null && symbols.find("ggml_backend_load_all_from_path").isPresent()) {
      try (var arena = Arena.ofConfined()) {
        call(
            handle("ggml_backend_load_all_from_path", FunctionDescriptor.ofVoid(ADDRESS)),
            arena.allocateFrom(found.backends().toString()));
      }
    }
    call(handle("llama_backend_init", FunctionDescriptor.ofVoid()));
    modelDefaults = handle("llama_model_default_params", FunctionDescriptor.of(PARAMETERS));
    contextDefaults = handle("llama_context_default_params", FunctionDescriptor.of(PARAMETERS));
    loadModel =
        handle("llama_model_load_from_file", FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS));
    freeModel = handle("llama_model_free", FunctionDescriptor.ofVoid(ADDRESS));
    newContext =
        handle("llama_init_from_model", FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS));
    freeContext = handle("llama_free", FunctionDescriptor.ofVoid(ADDRESS));
    vocabulary = handle("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS));
    vocabularySize = handle("llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    endOfGeneration =
        handle("llama_vocab_is_eog", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, JAVA_INT));
    addBos = handle("llama_vocab_get_add_bos", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
    tokenize =
        handle(
            "llama_tokenize",
            FunctionDescriptor.of(
                JAVA_INT,
                ADDRESS,
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                JAVA_INT,
                JAVA_BOOLEAN,
                JAVA_BOOLEAN));
    piece =
        handle(
            "llama_token_to_piece",
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_BOOLEAN));
    decode = handle("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH));
    batchOf = handle("llama_batch_get_one", FunctionDescriptor.of(BATCH, ADDRESS, JAVA_INT));
    logits = handle("llama_get_logits_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    embeddings =
        handle("llama_get_embeddings_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    setEmbeddings =
        handle("llama_set_embeddings", FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    width = handle("llama_model_n_embd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    parameters = handle("llama_model_n_params", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    bytes = handle("llama_model_size", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    template =
        handle(
            "llama_chat_apply_template",
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_BOOLEAN, ADDRESS, JAVA_INT));
    loadAdapter =
        handle("llama_adapter_lora_init", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    freeAdapter = handle("llama_adapter_lora_free", FunctionDescriptor.ofVoid(ADDRESS));
    var old = layout == Layout.B4916;
    setAdapter =
        old
            ? handle(
                "llama_set_adapter_lora",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_FLOAT))
            : handle(
                "llama_set_adapters_lora",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    clearAdapters =
        old ? handle("llama_clear_adapter_lora", FunctionDescriptor.ofVoid(ADDRESS)) : null;
    clearMemory =
        old
            ? handle("llama_kv_self_clear", FunctionDescriptor.ofVoid(ADDRESS))
            : handle("llama_memory_clear", FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN));
    memory = old ? null : handle("llama_get_memory", FunctionDescriptor.of(ADDRESS, ADDRESS));
    newGrammar =
        handle(
            "llama_sampler_init_grammar",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    applySampler = handle("llama_sampler_apply", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    acceptSampler = handle("llama_sampler_accept", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    freeSampler = handle("llama_sampler_free", FunctionDescriptor.ofVoid(ADDRESS));
  }

  /** Where the library came from. */
  String origin() {
    return origin;
  }

  /** Loads a checked model file; whole-number metadata may be overridden. */
  MemorySegment loadModel(Path file, Map<String, Long> overrides, int gpuLayers) {
    try (var arena = Arena.ofConfined()) {
      var settings = (MemorySegment) result(modelDefaults, arena);
      settings.set(JAVA_INT, layout.gpuLayers, gpuLayers);
      if (!overrides.isEmpty()) {
        settings.set(ADDRESS, layout.overrides, overrides(overrides, arena));
      }
      forget();
      var model = (MemorySegment) result(loadModel, arena.allocateFrom(file.toString()), settings);
      if (MemorySegment.NULL.equals(model)) {
        throw WorkerException.badFile(
            "%s does not load: %s".formatted(file, complaint("llama.cpp does not say why")));
      }
      return model;
    }
  }

  private static MemorySegment overrides(Map<String, Long> values, Arena arena) {
    // a zeroed entry ends the list
    var list = arena.allocate((values.size() + 1L) * OVERRIDE_BYTES, 8);
    long at = 0;
    for (var entry : values.entrySet()) {
      list.setString(at + OVERRIDE_KEY, entry.getKey());
      list.set(JAVA_LONG, at + OVERRIDE_VALUE, entry.getValue());
      at += OVERRIDE_BYTES;
    }
    return list;
  }

  void freeModel(MemorySegment model) {
    call(freeModel, model);
  }

  /** A context of one sequence. */
  MemorySegment newContext(MemorySegment model, int tokens, int threads) {
    try (var arena = Arena.ofConfined()) {
      var settings = (MemorySegment) result(contextDefaults, arena);
      settings.set(JAVA_INT, 0, tokens);
      settings.set(JAVA_INT, 4, Math.min(tokens, 512));
      settings.set(JAVA_INT, 8, Math.min(tokens, 512));
      settings.set(JAVA_INT, 12, 1);
      settings.set(JAVA_INT, layout.threads, threads);
      settings.set(JAVA_INT, layout.batchThreads, threads);
      forget();
      var context = (MemorySegment) result(newContext, model, settings);
      if (MemorySegment.NULL.equals(context)) {
        throw WorkerException.internal(
            "no room for a context of %d tokens: %s".formatted(tokens, complaint("out of memory")));
      }
      return context;
    }
  }

  void freeContext(MemorySegment context) {
    call(freeContext, context);
  }

  MemorySegment vocabulary(MemorySegment model) {
    return (MemorySegment) result(vocabulary, model);
  }

  int vocabularySize(MemorySegment vocabulary) {
    return (int) result(vocabularySize, vocabulary);
  }

  boolean endsGeneration(MemorySegment vocabulary, int token) {
    return (boolean) result(endOfGeneration, vocabulary, token);
  }

  boolean addsBos(MemorySegment vocabulary) {
    return (boolean) result(addBos, vocabulary);
  }

  int width(MemorySegment model) {
    return (int) result(width, model);
  }

  long parameters(MemorySegment model) {
    return (long) result(parameters, model);
  }

  long bytes(MemorySegment model) {
    return (long) result(bytes, model);
  }

  /**
   * The tokens of a text.
   *
   * @param special whether names of control tokens in the text mean those tokens; false for what
   *     users write
   */
  int[] tokenize(MemorySegment vocabulary, String text, boolean addBos, boolean special) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length == 0 && !addBos) {
      return new int[0];
    }
    try (var arena = Arena.ofConfined()) {
      var room = utf8.length + 2;
      var out = arena.allocate(JAVA_INT, room);
      var in = arena.allocateFrom(JAVA_BYTE, utf8);
      var count = (int) result(tokenize, vocabulary, in, utf8.length, out, room, addBos, special);
      if (count < 0) {
        throw WorkerException.internal("the text gives %d tokens".formatted(-count));
      }
      return out.asSlice(0, 4L * count).toArray(JAVA_INT);
    }
  }

  /** The bytes a token stands for; none for control tokens. */
  byte[] piece(MemorySegment vocabulary, int token) {
    try (var arena = Arena.ofConfined()) {
      var room = 256;
      var out = arena.allocate(room);
      var count = (int) result(piece, vocabulary, token, out, room, 0, false);
      if (count < 0) {
        room = -count;
        out = arena.allocate(room);
        count = (int) result(piece, vocabulary, token, out, room, 0, false);
      }
      return out.asSlice(0, Math.max(0, count)).toArray(JAVA_BYTE);
    }
  }

  /** Reads tokens at the end of the context; 0 when all went well. */
  int decode(MemorySegment context, MemorySegment tokens, int count) {
    if (layout != Layout.B4916) {
      return read(context, tokens, count);
    }
    turn.lock();
    try {
      return read(context, tokens, count);
    } finally {
      turn.unlock();
    }
  }

  private int read(MemorySegment context, MemorySegment tokens, int count) {
    try (var arena = Arena.ofConfined()) {
      var batch = (MemorySegment) result(batchOf, arena, tokens, count);
      return (int) result(decode, context, batch);
    }
  }

  /** Log-odds of every token after the last one read. */
  void logits(MemorySegment context, float[] into) {
    var row = ((MemorySegment) result(logits, context, -1)).reinterpret(4L * into.length);
    MemorySegment.copy(row, JAVA_FLOAT, 0, into, 0, into.length);
  }

  /** Turns the output of embeddings on or off. */
  void setEmbeddings(MemorySegment context, boolean on) {
    call(setEmbeddings, context, on);
  }

  /** The embedding of the token at this place of the last batch; null when there is none. */
  float @Nullable [] embedding(MemorySegment context, int index, int width) {
    var row = (MemorySegment) result(embeddings, context, index);
    return MemorySegment.NULL.equals(row) ? null : row.reinterpret(4L * width).toArray(JAVA_FLOAT);
  }

  /**
   * A chat in the model's format.
   *
   * @return null when the format is none that the library knows
   */
  @Nullable String template(String name, List<Turn> turns) {
    try (var arena = Arena.ofConfined()) {
      var chat = arena.allocate(16L * turns.size(), 8);
      var size = 256;
      for (int i = 0; i < turns.size(); i++) {
        var turn = turns.get(i);
        chat.set(ADDRESS, 16L * i, arena.allocateFrom(turn.role()));
        chat.set(ADDRESS, 16L * i + 8, arena.allocateFrom(turn.content()));
        size += 4 * (turn.role().length() + turn.content().length() + 64);
      }
      var out = arena.allocate(size);
      var count =
          (int)
              result(
                  template, arena.allocateFrom(name), chat, (long) turns.size(), true, out, size);
      return count < 0 || count > size
          ? null
          : new String(out.asSlice(0, count).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }
  }

  /** Loads a checked adapter file for this model. */
  MemorySegment loadAdapter(MemorySegment model, Path file) {
    try (var arena = Arena.ofConfined()) {
      forget();
      var adapter = (MemorySegment) result(loadAdapter, model, arena.allocateFrom(file.toString()));
      if (MemorySegment.NULL.equals(adapter)) {
        throw WorkerException.badFile(
            "%s does not load: %s".formatted(file, complaint("llama.cpp does not say why")));
      }
      return adapter;
    }
  }

  void freeAdapter(MemorySegment adapter) {
    call(freeAdapter, adapter);
  }

  /** Makes these the only adapters of the context. */
  void setAdapters(MemorySegment context, List<MemorySegment> adapters, float[] scales) {
    switch (layout) {
      case B4916 -> {
        call(clear(), context);
        for (int i = 0; i < scales.length; i++) {
          done((int) result(setAdapter, context, adapters.get(i), scales[i]));
        }
      }
      case V0_5_0 -> {
        try (var arena = Arena.ofConfined()) {
          var list = arena.allocate(8L * Math.max(1, scales.length), 8);
          for (int i = 0; i < scales.length; i++) {
            list.set(ADDRESS, 8L * i, adapters.get(i));
          }
          var weights = arena.allocate(4L * Math.max(1, scales.length), 4);
          MemorySegment.copy(scales, 0, weights, JAVA_FLOAT, 0, scales.length);
          done((int) result(setAdapter, context, list, (long) scales.length, weights));
        }
      }
    }
  }

  private MethodHandle clear() {
    if (clearAdapters == null) {
      throw new IllegalStateException("no llama_clear_adapter_lora in this layout");
    }
    return clearAdapters;
  }

  private static void done(int code) {
    if (code != 0) {
      throw WorkerException.internal("llama.cpp refused the adapter with code " + code);
    }
  }

  /** Forgets all tokens of the context. */
  void clearMemory(MemorySegment context) {
    if (memory == null) {
      call(clearMemory, context);
    } else {
      call(clearMemory, (MemorySegment) result(memory, context), true);
    }
  }

  /** A grammar's state; the caller frees it. */
  MemorySegment newGrammar(MemorySegment vocabulary, String gbnf) {
    try (var arena = Arena.ofConfined()) {
      forget();
      var grammar =
          (MemorySegment)
              result(newGrammar, vocabulary, arena.allocateFrom(gbnf), arena.allocateFrom("root"));
      if (MemorySegment.NULL.equals(grammar)) {
        throw WorkerException.invalid(
            "grammar",
            "the grammar cannot be read: " + complaint("no GBNF with a rule named root"));
      }
      return grammar;
    }
  }

  /** Sets the log-odds of tokens that the grammar does not allow to minus infinity. */
  void constrain(MemorySegment grammar, float[] logits) {
    try (var arena = Arena.ofConfined()) {
      var candidates = arena.allocate((long) CANDIDATE_BYTES * logits.length, 4);
      for (int i = 0; i < logits.length; i++) {
        long at = (long) CANDIDATE_BYTES * i;
        candidates.set(JAVA_INT, at, i);
        candidates.set(JAVA_FLOAT, at + 4, logits[i]);
      }
      var list = arena.allocate(32, 8);
      list.set(ADDRESS, 0, candidates);
      list.set(JAVA_LONG, 8, logits.length);
      list.set(JAVA_LONG, 16, -1);
      call(applySampler, grammar, list);
      Arrays.fill(logits, Float.NEGATIVE_INFINITY);
      var left = list.get(JAVA_LONG, 8);
      for (long i = 0; i < left; i++) {
        var at = CANDIDATE_BYTES * i;
        logits[candidates.get(JAVA_INT, at)] = candidates.get(JAVA_FLOAT, at + 4);
      }
    }
  }

  /** Moves the grammar past a token that it allows; one that it does not ends the process. */
  void accept(MemorySegment grammar, int token) {
    call(acceptSampler, grammar, token);
  }

  void freeGrammar(MemorySegment grammar) {
    call(freeSampler, grammar);
  }

  // --- what the library says --------------------------------------------------------------------

  private void listen() {
    try {
      var target =
          MethodHandles.lookup()
              .findVirtual(
                  Llama.class,
                  "said",
                  MethodType.methodType(
                      void.class, int.class, MemorySegment.class, MemorySegment.class))
              .bindTo(this);
      var stub =
          linker.upcallStub(
              target, FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS), Arena.global());
      call(
          handle("llama_log_set", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS)),
          stub,
          MemorySegment.NULL);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unused") // called by the library
  private void said(int level, MemorySegment text, MemorySegment unused) {
    if (level != ERROR_LEVEL && level != ERROR_LEVEL - 1) {
      return;
    }
    var said = complaints.get();
    said.addLast(text.reinterpret(Integer.MAX_VALUE).getString(0).strip());
    if (said.size() > 8) {
      said.removeFirst();
    }
  }

  private void forget() {
    complaints.get().clear();
  }

  private String complaint(String otherwise) {
    var said = complaints.get();
    return said.isEmpty() ? otherwise : String.join("; ", said);
  }

  // --- calling ----------------------------------------------------------------------------------

  private MethodHandle handle(String name, FunctionDescriptor shape) {
    var symbol =
        symbols
            .find(name)
            .orElseThrow(() ->
                WorkerException.internal(
                    "%s lacks %s; versions b4916 and v0.5.0 of llama.cpp are known"
                        .formatted(origin, name)));
    return linker.downcallHandle(symbol, shape);
  }

  private static void call(MethodHandle function, Object... arguments) {
    result(function, arguments);
  }

  private static Object result(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
