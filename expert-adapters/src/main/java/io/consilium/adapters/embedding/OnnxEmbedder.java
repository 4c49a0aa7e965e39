package io.consilium.adapters.embedding;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/**
 * Sentence embeddings in this process, without a network: all-MiniLM-L6-v2 on ONNX Runtime (Wang et
 * al., "MiniLM", 2020; Reimers and Gurevych, "Sentence-BERT", 2019).
 *
 * <p>A text always gets the same vector, whatever else is asked at the time, so that every replica
 * routes it alike. The work is done by a few platform threads of its own; callers block, and should
 * be virtual threads. Running it on virtual threads instead would stall every other request for as
 * long as it lasts. A full queue is refused with {@link FailureKind#OVERLOADED}, an interrupted
 * caller gets {@link FailureKind#CANCELLED}. Vectors are cached by normalised text (case and white
 * space do not count: the model ignores them).
 */
public final class OnnxEmbedder implements Embedder, AutoCloseable {
  static {
    // the tokenizer's library would look up the cloud it runs in, and call home
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
  }

  private static final int CHUNK = 32;
  private static final Pattern BLANK = Pattern.compile("\\s+");

  private final MiniLm model = new MiniLm();
  private final TextQueue queue;
  private final Cache<String, float[]> cache;
  private final List<Thread> workers = new ArrayList<>();

  /**
   * Loads the model (about half a second) and starts the threads.
   *
   * @param threads platform threads that compute; one does 600 short prompts a second
   * @param queueLimit the most texts that wait; more are refused
   * @param cacheEntries how many vectors are kept; 1.6 KB each
   */
  public OnnxEmbedder(int threads, int queueLimit, int cacheEntries) {
    this.queue = new TextQueue(queueLimit, System::nanoTime);
    this.cache = Caffeine.newBuilder().maximumSize(cacheEntries).build();
    for (int i = 1; i <= threads; i++) {
      workers.add(Thread.ofPlatform().daemon().name("embedder-" + i).start(this::work));
    }
  }

  /** For a service: one thread for every two processors, at most four. */
  public static OnnxEmbedder forThisMachine() {
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);
    return new OnnxEmbedder(threads, 512, 20_000);
  }

  @Override
  public String id() {
    return MiniLm.ID;
  }

  @Override
  public int dimension() {
    return MiniLm.DIMENSION;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    List<float[]> vectors = new ArrayList<>(texts.size());
    for (int from = 0; from < texts.size(); from += CHUNK) {
      var chunk = texts.subList(from, Math.min(from + CHUNK, texts.size()));
      vectors.addAll(chunk(chunk, texts.size() > 4));
    }
    return vectors;
  }

  private List<float[]> chunk(List<String> texts, boolean bulk) {
    List<String> keys = texts.stream().map(OnnxEmbedder::key).toList();
    List<CompletableFuture<float[]>> promised = new ArrayList<>(texts.size());
    try {
      for (int i = 0; i < texts.size(); i++) {
        float[] known = cache.getIfPresent(keys.get(i));
        promised.add(
            known == null
                ? queue.offer(texts.get(i), bulk).orElseThrow(this::full)
                : CompletableFuture.completedFuture(known));
      }
      List<float[]> vectors = new ArrayList<>(texts.size());
      for (int i = 0; i < promised.size(); i++) {
        float[] vector = promised.get(i).get();
        cache.put(keys.get(i), vector);
        vectors.add(vector.clone());
      }
      return vectors;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "embedding was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ExpertException failure) {
        throw failure;
      }
      throw new ExpertException(FailureKind.INTERNAL, "the embedding model failed", e.getCause());
    } finally {
      promised.forEach(promise -> promise.cancel(false));
    }
  }

  private ExpertException full() {
    return new ExpertException(
            FailureKind.OVERLOADED,
            "too many texts wait for their embedding; ask again in a second, or give the embedder more threads")
        .retryAfter(Duration.ofSeconds(1));
  }

  /**
   * The text as far as the model can tell it apart; long ones by digest, to keep the cache small.
   */
  private static String key(String text) {
    if (text.length() > 400) {
      try {
        var digest = MessageDigest.getInstance("SHA-256");
        return "#" + HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
    return BLANK.matcher(text).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
  }

  private void work() {
    try {
      for (var next = queue.take(); next.isPresent(); next = queue.take()) {
        compute(next.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    }
  }

  private void compute(TextQueue.Waiting waiting) {
    try {
      waiting.vector().complete(model.embed(model.tokens(waiting.text())));
    } catch (RuntimeException e) {
      waiting.vector().completeExceptionally(e);
    }
  }

  /** Ends the threads and frees the model; callers still waiting fail as unavailable. */
  @Override
  public void close() {
    var gone = new ExpertException(FailureKind.UNAVAILABLE, "the embedder was closed");
    queue.close().forEach(waiting -> waiting.vector().completeExceptionally(gone));
    boolean interrupted = false;
    for (var worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join(); // ends with its text; the model must outlive it
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    model.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
