package io.consilium.worker.engine;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * One base model with its adapters and variants, and the lanes that generate with them.
 *
 * <p>A free lane takes the oldest text that waits, except that texts for the adapters it had last
 * go first, a few at a time: those who wait for the same cold adapter are served together. Adapters
 * are read from disk on first use; beyond {@link EngineSettings#residentAdapters()} the one unused
 * for longest is dropped, but never a pinned one, nor one of the half most asked for lately.
 */
public final class Engine implements AutoCloseable {
  /** How many texts may overtake the oldest that waits because a lane has their adapters. */
  static final int OVERTAKING = 8;

  private static final int MOST_WAITING = 4096;

  /**
   * The base model, or a variant of it.
   *
   * @param name what requests call it
   * @param file where its weights are
   * @param activeExperts experts used per token; 0 when it is no mixture
   */
  public record Checkpoint(String name, Gguf file, int activeExperts) {}

  /** An adapter as it stands. */
  public record AdapterState(Adapter adapter, boolean resident) {}

  /** Counters since the start. */
  public record Meters(
      int running,
      int waiting,
      long promptTokens,
      double promptSeconds,
      long tokens,
      double seconds,
      long adapterSwitches,
      double switchSeconds,
      long adapterLoads,
      long adapterDrops,
      boolean asleep) {}

  private sealed interface Job {}

  private record Text(Generation generation) implements Job {}

  private record Embed(CompletableFuture<float[]> vector, int[] tokens) implements Job {}

  private final EngineSettings settings;
  private final Llama llama;
  private final Gguf file;
  private final Admission admission;
  private final int contextTokens;
  private final long[] size;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final ArrayDeque<Job> waiting = new ArrayDeque<>();
  private final Map<String, Adapter> adapters = new LinkedHashMap<>();
  private final Map<Adapter, Integer> uses = new HashMap<>();
  private final LinkedHashMap<Adapter, Boolean> resident = new LinkedHashMap<>(16, 0.75f, true);
  private final Popularity popularity = new Popularity();
  private final Map<String, Checkpoint> checkpoints = new LinkedHashMap<>();
  private final Map<String, Model> models = new HashMap<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private int nextId;
  private int running;
  private boolean asleep;
  private boolean closed;

  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder promptNanos = new LongAdder();
  private final LongAdder tokens = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAdder switches = new LongAdder();
  private final LongAdder switchNanos = new LongAdder();
  private final LongAdder loads = new LongAdder();
  private final LongAdder drops = new LongAdder();

  /**
   * Loads the base model and checks its adapters.
   *
   * @throws WorkerException when a file or a setting cannot be used
   */
  public Engine(EngineSettings settings) {
    this.settings = settings;
    admission = new Admission(settings.folders(), settings.digests());
    file = Gguf.read(admission.admit(settings.model()));
    FileCheck.model(file);
    checkpoints.put(settings.name(), new Checkpoint(settings.name(), file, activeExperts(file)));
    for (var variant : settings.variants()) {
      var checkpoint = checkpoint(variant);
      if (checkpoints.putIfAbsent(checkpoint.name(), checkpoint) != null) {
        throw WorkerException.invalid(
            "variants", "there are two models named %s".formatted(checkpoint.name()));
      }
    }
    var longest = Math.toIntExact(file.setting("context_length").orElse(0L));
    contextTokens =
        settings.contextTokens() == 0 ? Math.min(longest, 4096) : settings.contextTokens();
    if (contextTokens > longest) {
      throw WorkerException.invalid(
          "context",
          "%s was trained for %d tokens; --context %d is more"
              .formatted(settings.name(), longest, contextTokens));
    }
    llama = new Llama(settings.natives(), settings.scratch());
    var base = model(settings.name());
    size = new long[] {base.parameters(), base.bytes(), base.vocabularySize(), base.width()};
    settings.adapters().forEach((name, path) -> load(name, path, false));
    for (int i = 0; i < settings.lanes(); i++) {
      var lane = new Lane(this::model, settings.name(), contextTokens, settings.threads());
      lanes.add(lane);
      threads.add(Thread.ofPlatform().daemon().name("lane-" + i).start(() -> serve(lane)));
    }
  }

  private Checkpoint checkpoint(Variant variant) {
    return switch (variant) {
      case Variant.ActiveExperts experts -> {
        var all = file.setting("expert_count").orElse(0L);
        if (experts.count() < 1 || experts.count() > all) {
          throw WorkerException.invalid(
              "variants",
              "%s has %d experts; %d cannot be active"
                  .formatted(settings.name(), all, experts.count()));
        }
        yield new Checkpoint(
            "%s-k%d".formatted(settings.name(), experts.count()), file, experts.count());
      }
      case Variant.Quantised quantised -> {
        var other = Gguf.read(admission.admit(quantised.file()));
        FileCheck.model(other);
        FileCheck.twin(other, file);
        yield new Checkpoint(
            "%s-%s".formatted(settings.name(), FileCheck.quantisation(other)),
            other,
            activeExperts(other));
      }
    };
  }

  private static int activeExperts(Gguf file) {
    return Math.toIntExact(file.setting("expert_used_count").orElse(0L));
  }

  public EngineSettings settings() {
    return settings;
  }

  /** The base model's file. */
  public Gguf file() {
    return file;
  }

  /** The most tokens of a prompt and its answer together. */
  public int contextTokens() {
    return contextTokens;
  }

  /** Where the native library came from. */
  public String natives() {
    return llama.origin();
  }

  /** The base model, then its variants. */
  public List<Checkpoint> checkpoints() {
    return List.copyOf(checkpoints.values());
  }

  /** The base model or the variant of this name. */
  public Optional<Checkpoint> checkpoint(String name) {
    return Optional.ofNullable(checkpoints.get(name));
  }

  // --- names
  // --------------------------------------------------------------------------------------

  /** Names that a request may give as its model: the base, its variants, the adapters. */
  public List<String> names() {
    List<String> names = new ArrayList<>(checkpoints.keySet());
    adapters().forEach(state -> names.add(state.adapter().name()));
    return names;
  }

  /**
   * Who a model's name means: the base, a variant, an adapter, or {@code variant:adapter}.
   *
   * @throws WorkerException when there is no such name
   */
  public Mix find(String name) {
    if (checkpoints.containsKey(name)) {
      return new Mix(name, List.of());
    }
    var alone = adapter(name);
    if (alone.isPresent()) {
      return new Mix(settings.name(), List.of(new Mix.Weighted(alone.get(), 1)));
    }
    var colon = name.indexOf(':');
    if (colon > 0) {
      var variant = name.substring(0, colon);
      var with = adapter(name.substring(colon + 1));
      if (checkpoints.containsKey(variant) && with.isPresent()) {
        return new Mix(variant, List.of(new Mix.Weighted(with.get(), 1)));
      }
    }
    throw WorkerException.notFound(
        "model", "there is no model '%s'; there are %s".formatted(name, names()));
  }

  /** The adapter of this name. */
  public Optional<Adapter> adapter(String name) {
    lock.lock();
    try {
      return Optional.ofNullable(adapters.get(name));
    } finally {
      lock.unlock();
    }
  }

  /** The adapter of this number. */
  public Adapter adapter(int id) {
    return adapters().stream()
        .map(AdapterState::adapter)
        .filter(adapter -> adapter.id() == id)
        .findFirst()
        .orElseThrow(() ->
            WorkerException.notFound(
                "lora",
                "there is no adapter %d; there are %s"
                    .formatted(
                        id, adapters().stream().map(state -> state.adapter().id()).toList())));
  }

  /** All adapters, in the order they came. */
  public List<AdapterState> adapters() {
    lock.lock();
    try {
      return adapters.values().stream()
          .map(adapter -> new AdapterState(adapter, resident.containsKey(adapter)))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  // --- adapters come and go
  // -----------------------------------------------------------------------

  /**
   * Makes an adapter available. A pinned one is read into memory at once.
   *
   * @throws WorkerException when the name is taken, or the file is no adapter of this base
   */
  public Adapter load(String name, Path path, boolean pinned) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw WorkerException.invalid(
          "lora_name",
          "'%s' is no name for an adapter: a letter or digit, then at most 63 of letters, digits, . _ -"
              .formatted(name));
    }
    var checked = Gguf.read(admission.admit(path));
    FileCheck.adapter(checked, file);
    lock.lock();
    try {
      if (adapters.containsKey(name) || checkpoints.containsKey(name)) {
        throw WorkerException.invalid(
            "lora_name",
            "The lora adapter '%s' has already been loaded. Unload it first.".formatted(name));
      }
      var adapter = new Adapter(nextId++, name, checked, pinned);
      adapters.put(name, adapter);
      if (!asleep) {
        try {
          admitToMemory(adapter);
        } catch (WorkerException e) {
          adapters.remove(name);
          resident.remove(adapter);
          throw e;
        }
      }
      return adapter;
    } finally {
      lock.unlock();
    }
  }

  /** Takes an adapter away; texts that use it are finished first. */
  public void unload(String name) {
    lock.lock();
    try {
      var adapter = adapters.remove(name);
      if (adapter == null) {
        throw WorkerException.notFound(
            "lora_name",
            "The lora adapter '%s' cannot be found. There are %s."
                .formatted(name, adapters.keySet()));
      }
      while (uses.containsKey(adapter)) {
        idle.awaitUninterruptibly();
      }
      drop(adapter);
      popularity.forget(adapter);
    } finally {
      lock.unlock();
    }
  }

  private void admitToMemory(Adapter adapter) {
    if (resident.get(adapter) != null) {
      return;
    }
    var unpinned = resident.keySet().stream().filter(a -> !a.pinned()).count();
    if (!adapter.pinned() && unpinned >= settings.residentAdapters()) {
      var popular = popular();
      resident.keySet().stream()
          .filter(old -> !old.pinned() && !uses.containsKey(old) && !popular.contains(old))
          .findFirst()
          .ifPresent(this::drop);
    }
    model(settings.name()).adapter(adapter);
    resident.put(adapter, true);
    loads.increment();
  }

  private List<Adapter> popular() {
    return resident.keySet().stream()
        .filter(adapter -> !adapter.pinned() && popularity.of(adapter) > 0)
        .sorted(Comparator.comparingDouble(popularity::of).reversed())
        .limit(settings.residentAdapters() / 2)
        .toList();
  }

  private void drop(Adapter adapter) {
    if (resident.remove(adapter) != null) {
      models.values().forEach(model -> model.dropAdapter(adapter));
      drops.increment();
    }
  }

  private Model model(String name) {
    lock.lock();
    try {
      return models.computeIfAbsent(
          name,
          wanted -> {
            var checkpoint = checkpoint(wanted).orElseThrow();
            return new Model(
                llama, checkpoint.file(), checkpoint.activeExperts(), settings.gpuLayers());
          });
    } finally {
      lock.unlock();
    }
  }

  // --- sleep
  // --------------------------------------------------------------------------------------

  /** Gives all memory back once running texts are done; what was loaded is remembered. */
  public void sleep() {
    lock.lock();
    try {
      while (running > 0) {
        idle.awaitUninterruptibly();
      }
      lanes.forEach(Lane::close);
      models.values().forEach(Model::close);
      models.clear();
      resident.clear();
      asleep = true;
    } finally {
      lock.unlock();
    }
  }

  /** Reads the base model again. A text that is asked for wakes the engine too. */
  public void wake() {
    lock.lock();
    try {
      if (asleep) {
        model(settings.name());
        asleep = false;
        adapters.values().stream().filter(Adapter::pinned).forEach(this::admitToMemory);
      }
    } finally {
      lock.unlock();
    }
  }

  public boolean asleep() {
    lock.lock();
    try {
      return asleep;
    } finally {
      lock.unlock();
    }
  }

  // --- asking
  // -------------------------------------------------------------------------------------

  /** The tokens of a text; names of control tokens are plain text unless {@code special}. */
  public int[] tokenize(String text, boolean special) {
    return awake(model -> model.tokenize(text, special));
  }

  /** The text of tokens. */
  public String text(int[] some) {
    return awake(model -> model.text(some));
  }

  /** The bytes of one token. */
  public byte[] piece(int token) {
    return awake(model -> model.piece(token).clone());
  }

  /** A chat, given as roles and texts in turn, as tokens. */
  public int[] chat(List<Map.Entry<String, String>> turns) {
    var said = turns.stream().map(turn -> new Llama.Turn(turn.getKey(), turn.getValue())).toList();
    return awake(model -> model.chat(said));
  }

  /** Parameters, bytes, vocabulary and embedding width; wakes nobody. */
  public long[] size() {
    return size.clone();
  }

  private <T> T awake(Function<Model, T> use) {
    lock.lock();
    try {
      wake();
      return use.apply(model(settings.name()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Begins a text.
   *
   * @throws WorkerException when it does not fit the context, or too many wait
   */
  public Generation begin(Generation.Wish wish) {
    if (wish.prompt().length >= contextTokens) {
      throw new WorkerException(
          400,
          "exceed_context_size_error",
          "messages",
          "request (%d tokens) exceeds the available context size (%d tokens)"
              .formatted(wish.prompt().length, contextTokens));
    }
    var generation = new Generation(wish);
    submit(new Text(generation));
    return generation;
  }

  /** The mean embedding of a text's tokens by the base model, of length 1. */
  public float[] embed(int[] some) throws InterruptedException {
    if (some.length == 0 || some.length > contextTokens) {
      throw WorkerException.invalid(
          "input",
          "a text of 1 to %d tokens can be embedded, not of %d"
              .formatted(contextTokens, some.length));
    }
    var vector = new CompletableFuture<float[]>();
    submit(new Embed(vector, some));
    try {
      return vector.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof WorkerException known
          ? known
          : WorkerException.internal("embedding failed: " + e.getCause());
    }
  }

  private void submit(Job job) {
    lock.lock();
    try {
      if (closed) {
        throw new WorkerException(503, "unavailable_error", null, "the worker is stopping");
      }
      if (waiting.size() >= MOST_WAITING) {
        throw new WorkerException(
            429, "overloaded_error", null, "%d requests wait already".formatted(MOST_WAITING));
      }
      wake();
      waiting.addLast(job);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  public Meters meters() {
    lock.lock();
    try {
      return new Meters(
          running,
          waiting.size(),
          promptTokens.sum(),
          promptNanos.sum() / 1e9,
          tokens.sum(),
          nanos.sum() / 1e9,
          switches.sum(),
          switchNanos.sum() / 1e9,
          loads.sum(),
          drops.sum(),
          asleep);
    } finally {
      lock.unlock();
    }
  }

  // --- lanes
  // --------------------------------------------------------------------------------------

  private void serve(Lane lane) {
    List<Mix> last = List.of();
    var overtaken = 0;
    while (true) {
      Job job;
      lock.lock();
      try {
        while (waiting.isEmpty()) {
          if (closed) {
            return;
          }
          work.awaitUninterruptibly();
        }
        var oldest = waiting.getFirst();
        job = overtaken < OVERTAKING ? similar(last).orElse(oldest) : oldest;
        overtaken = job.equals(oldest) ? 0 : overtaken + 1;
        waiting.remove(job);
        running++;
        if (asleep) {
          wake();
        }
      } finally {
        lock.unlock();
      }
      last =
          switch (job) {
            case Text text -> {
              write(lane, text.generation(), last);
              yield text.generation().wish().mixes();
            }
            case Embed embed -> {
              embed(lane, embed);
              yield List.of();
            }
          };
    }
  }

  private Optional<Job> similar(List<Mix> last) {
    return waiting.stream()
        .filter(job -> job instanceof Text text && text.generation().wish().mixes().equals(last))
        .findFirst();
  }

  private void write(Lane lane, Generation generation, List<Mix> last) {
    var used =
        generation.wish().mixes().stream()
            .flatMap(mix -> mix.adapters().stream())
            .map(Mix.Weighted::adapter)
            .distinct()
            .toList();
    Generation.Event end;
    try {
      hold(used);
      end = lane.run(generation);
    } catch (WorkerException e) {
      end = new Generation.Failed(e);
    } finally {
      release(used);
    }
    if (end instanceof Generation.Done done) {
      promptTokens.add(done.cost().promptTokens());
      promptNanos.add((long) (done.cost().promptMillis() * 1e6));
      tokens.add(done.cost().tokens());
      nanos.add((long) (done.cost().millis() * 1e6));
      if (!generation.wish().mixes().equals(last)) {
        switches.increment();
        switchNanos.add((long) (done.cost().switchMicros() * 1e3));
      }
    }
    generation.tell(end);
  }

  private void embed(Lane lane, Embed embed) {
    try {
      embed.vector().complete(lane.embed(embed.tokens()));
    } catch (RuntimeException e) {
      embed.vector().completeExceptionally(e);
    } finally {
      release(List.of());
    }
  }

  private void hold(List<Adapter> used) {
    lock.lock();
    try {
      used.forEach(adapter -> uses.merge(adapter, 1, Integer::sum));
      for (var adapter : used) {
        if (!adapter.equals(adapters.get(adapter.name()))) {
          throw WorkerException.notFound(
              "model", "the adapter '%s' was unloaded meanwhile".formatted(adapter.name()));
        }
        popularity.note(adapter);
        admitToMemory(adapter);
      }
    } finally {
      lock.unlock();
    }
  }

  private void release(List<Adapter> used) {
    lock.lock();
    try {
      for (var adapter : used) {
        uses.computeIfPresent(adapter, (key, count) -> count > 1 ? count - 1 : null);
      }
      running--;
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    lock.lock();
    try {
      lanes.forEach(Lane::close);
      models.values().forEach(Model::close);
      models.clear();
    } finally {
      lock.unlock();
    }
  }
}
