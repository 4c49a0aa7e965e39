package io.consilium.bench.worker;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.consilium.worker.Demo;
import io.consilium.worker.engine.Engine;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What it would give to generate several texts of one adapter in one step, which the worker does
 * not do, and how many answers it would change: sums are rounded otherwise in a batch. Calls the
 * bundled library (llama.cpp b4916) by itself.
 */
final class Batching implements AutoCloseable {
  private static final int[] AT_ONCE = {1, 2, 4, 8, 16};
  private static final int MOST_TOKENS = 80;
  private static final int CONTEXT = 256;

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

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols;
  private final MethodHandle decode;
  private final MethodHandle logits;
  private final MethodHandle clear;
  private final MethodHandle newContext;
  private final MethodHandle freeContext;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment model;
  private final MemorySegment adapter;
  private final int vocabulary;
  private final int end;

  /** A token to be read: its sequence, its place there, and whether what follows is wanted. */
  private record Read(int token, int sequence, int place, boolean wanted) {}

  private Batching(Engine engine, Path library, Path model, Path adapter) {
    symbols = SymbolLookup.libraryLookup(library, arena);
    decode = handle("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH));
    logits = handle("llama_get_logits_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    clear = handle("llama_kv_self_clear", FunctionDescriptor.ofVoid(ADDRESS));
    newContext =
        handle("llama_init_from_model", FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS));
    freeContext = handle("llama_free", FunctionDescriptor.ofVoid(ADDRESS));
    var settings = (MemorySegment) call(defaults("llama_model_default_params"), arena);
    this.model =
        (MemorySegment)
            call(
                handle(
                    "llama_model_load_from_file",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, PARAMETERS)),
                arena.allocateFrom(model.toString()),
                settings);
    this.adapter =
        (MemorySegment)
            call(
                handle("llama_adapter_lora_init", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS)),
                this.model,
                arena.allocateFrom(adapter.toString()));
    vocabulary = Math.toIntExact(engine.size()[2]);
    end = Math.toIntExact(engine.file().number("tokenizer.ggml.eos_token_id").orElseThrow());
  }

  private MethodHandle handle(String name, FunctionDescriptor shape) {
    return linker.downcallHandle(symbols.findOrThrow(name), shape);
  }

  private MethodHandle defaults(String name) {
    return handle(name, FunctionDescriptor.of(PARAMETERS));
  }

  private static Object call(MethodHandle handle, Object... arguments) {
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** A section about the questions of one adapter. */
  static String measure(List<WorkerBench.Item> items, Demo demo, Path home) {
    var job = "extract";
    try (var engine = new Engine(demo.settings(home, List.of()));
        var batching =
            new Batching(
                engine,
                home.resolve(System.mapLibraryName("jllama")).toAbsolutePath(),
                demo.model(),
                demo.adapter(job))) {
      var prompts =
          items.stream()
              .filter(item -> item.adapter().equals(job))
              .limit(96)
              .map(item -> engine.chat(List.of(Map.entry("user", item.question()))))
              .toList();
      return batching.table(prompts, job);
    }
  }

  private String table(List<int[]> prompts, String job) {
    var text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                """
                ## What batching would give

                %d questions of `%s` through llama.cpp in this process, one thread, so many at once in one context. The worker generates one at a
                time in each lane.

                | at once | answers a second of processor time | | answers that differ from those alone |
                |--:|--:|--:|--:|
                """,
                prompts.size(),
                job));
    run(prompts.subList(0, AT_ONCE[AT_ONCE.length - 1]), 1); // the first reads files
    List<List<Integer>> alone = List.of();
    double slowest = 0;
    for (int count : AT_ONCE) {
      long began = processor();
      var answers = run(prompts, count);
      double rate = prompts.size() / ((processor() - began) / 1e9);
      alone = count == 1 ? answers : alone;
      slowest = count == 1 ? rate : slowest;
      int other = 0;
      for (int i = 0; i < answers.size(); i++) {
        other += answers.get(i).equals(alone.get(i)) ? 0 : 1;
      }
      text.append(
          String.format(
              Locale.ROOT, "| %d | %.1f | %.2f × | %d |\n", count, rate, rate / slowest, other));
    }
    return text.append('\n').toString();
  }

  /** The library computes on the thread that calls it. */
  private static long processor() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private List<List<Integer>> run(List<int[]> prompts, int atOnce) {
    List<List<Integer>> answers = new ArrayList<>();
    var context = context(atOnce);
    try {
      for (int from = 0; from < prompts.size(); from += atOnce) {
        answers.addAll(
            generate(context, prompts.subList(from, Math.min(prompts.size(), from + atOnce))));
      }
    } finally {
      call(freeContext, context);
    }
    return answers;
  }

  private MemorySegment context(int sequences) {
    var settings = (MemorySegment) call(defaults("llama_context_default_params"), arena);
    settings.set(JAVA_INT, 0, CONTEXT * sequences);
    settings.set(JAVA_INT, 4, CONTEXT);
    settings.set(JAVA_INT, 8, CONTEXT);
    settings.set(JAVA_INT, 12, sequences);
    settings.set(JAVA_INT, 16, 1);
    settings.set(JAVA_INT, 20, 1);
    var context = (MemorySegment) call(newContext, model, settings);
    call(
        handle(
            "llama_set_adapter_lora",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_FLOAT)),
        context,
        adapter,
        1f);
    return context;
  }

  private List<List<Integer>> generate(MemorySegment context, List<int[]> prompts) {
    call(clear, context);
    List<List<Integer>> answers = new ArrayList<>();
    var next = new int[prompts.size()];
    for (int s = 0; s < next.length; s++) {
      answers.add(new ArrayList<>());
      List<Read> reads = new ArrayList<>();
      var prompt = prompts.get(s);
      for (int i = 0; i < prompt.length; i++) {
        reads.add(new Read(prompt[i], s, i, i == prompt.length - 1));
      }
      decode(context, reads);
      next[s] = likeliest(context, prompt.length - 1);
    }
    while (true) {
      List<Read> reads = new ArrayList<>();
      for (int s = 0; s < next.length; s++) {
        var answer = answers.get(s);
        if (next[s] != end && answer.size() < MOST_TOKENS) {
          answer.add(next[s]);
          reads.add(new Read(next[s], s, prompts.get(s).length + answer.size() - 1, true));
        }
      }
      if (reads.isEmpty()) {
        return answers;
      }
      decode(context, reads);
      for (int i = 0; i < reads.size(); i++) {
        next[reads.get(i).sequence()] = likeliest(context, i);
      }
    }
  }

  private void decode(MemorySegment context, List<Read> reads) {
    try (var once = Arena.ofConfined()) {
      int count = reads.size();
      var tokens = once.allocate(JAVA_INT, count);
      var places = once.allocate(JAVA_INT, count);
      var counts = once.allocate(JAVA_INT, count);
      var sequences = once.allocate(ADDRESS, count);
      var numbers = once.allocate(JAVA_INT, count);
      var wanted = once.allocate(JAVA_BYTE, count);
      for (int i = 0; i < count; i++) {
        var read = reads.get(i);
        tokens.setAtIndex(JAVA_INT, i, read.token());
        places.setAtIndex(JAVA_INT, i, read.place());
        counts.setAtIndex(JAVA_INT, i, 1);
        numbers.setAtIndex(JAVA_INT, i, read.sequence());
        sequences.setAtIndex(ADDRESS, i, numbers.asSlice((long) i * Integer.BYTES));
        wanted.set(JAVA_BYTE, i, (byte) (read.wanted() ? 1 : 0));
      }
      var batch = once.allocate(BATCH);
      batch.set(JAVA_INT, 0, count);
      batch.set(ADDRESS, 8, tokens);
      batch.set(ADDRESS, 16, MemorySegment.NULL);
      batch.set(ADDRESS, 24, places);
      batch.set(ADDRESS, 32, counts);
      batch.set(ADDRESS, 40, sequences);
      batch.set(ADDRESS, 48, wanted);
      if ((int) call(decode, context, batch) != 0) {
        throw new IllegalStateException("llama.cpp stopped reading");
      }
    }
  }

  private int likeliest(MemorySegment context, int index) {
    var row =
        ((MemorySegment) call(logits, context, index)).reinterpret((long) vocabulary * Float.BYTES);
    int best = 0;
    for (int i = 1; i < vocabulary; i++) {
      if (row.getAtIndex(JAVA_FLOAT, i) > row.getAtIndex(JAVA_FLOAT, best)) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void close() {
    call(handle("llama_adapter_lora_free", FunctionDescriptor.ofVoid(ADDRESS)), adapter);
    call(handle("llama_model_free", FunctionDescriptor.ofVoid(ADDRESS)), model);
    arena.close();
  }
}
