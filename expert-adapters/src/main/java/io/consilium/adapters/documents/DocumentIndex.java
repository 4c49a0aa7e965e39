package io.consilium.adapters.documents;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.Passage;
import io.consilium.expert.index.PassageIndex;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The passages of some documents, found by meaning and by words. A thread of its own reads them,
 * and looks again in turn for files that came, changed or went; searches see each change as soon as
 * it is indexed. Files that cannot be read are passed over with a reason in the log.
 */
public final class DocumentIndex implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DocumentIndex.class);

  /** Passages embedded between two looks at whether to stop. */
  private static final int BATCH = 64;

  private final String name;
  private final DocumentSource source;
  private final PassageIndex index;
  private final Embedder embedder;
  private final ReentrantLock refreshing = new ReentrantLock();
  private final CountDownLatch readOnce = new CountDownLatch(1);
  private final Map<String, Document> documents = new HashMap<>();
  private boolean changed;
  private final Thread watcher;
  private volatile State state = new State(false, 0, 0, Map.of());

  private record Document(String stamp, String hash, List<String> ids) {}

  /**
   * How far the index is.
   *
   * @param ready whether everything has been read once
   * @param documents how many are indexed
   * @param passages how many they were cut into
   * @param skipped files passed over, with the reason
   */
  public record State(boolean ready, int documents, int passages, Map<String, String> skipped) {
    public State {
      skipped = Map.copyOf(skipped);
    }
  }

  /**
   * Starts reading.
   *
   * @param name of the collection, for the log
   * @param source of the documents
   * @param index takes their passages; of this collection alone
   * @param embedder of passages; better one that keeps what it computed
   * @param pause between two looks for changes
   */
  public DocumentIndex(
      String name, DocumentSource source, PassageIndex index, Embedder embedder, Duration pause) {
    this.name = name;
    this.source = source;
    this.index = index;
    this.embedder = embedder;
    this.watcher = Thread.ofVirtual().name("documents-" + name).start(() -> watch(pause));
  }

  private void watch(Duration pause) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          refresh();
        } catch (IOException | RuntimeException e) {
          LOG.warn("the documents '{}' could not be read, trying again: {}", name, e.toString());
        }
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    }
  }

  /** How far the index is. */
  public State state() {
    return state;
  }

  /** Waits until everything has been read once; false when {@code patience} was over before. */
  public boolean await(Duration patience) throws InterruptedException {
    return readOnce.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Up to {@code limit} passages, best first. */
  public List<PassageIndex.Found> search(String query, float[] vector, int limit) {
    return index.search(query, vector, limit);
  }

  /** Looks for changes now, and returns when they are indexed. */
  public void refresh() throws IOException, InterruptedException {
    refreshing.lockInterruptibly();
    try {
      Map<String, String> skipped = new HashMap<>();
      var seen = new HashSet<String>();
      for (var entry : source.list()) {
        if (DocumentReader.reads(entry.name())) {
          seen.add(entry.name());
          index(entry, skipped);
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      for (var gone : documents.keySet().stream().filter(file -> !seen.contains(file)).toList()) {
        remove(documents.remove(gone));
        LOG.info("{} is gone from the documents '{}'", gone, name);
      }
      boolean first = !state.ready();
      if (first) { // what an index that outlives us holds of files that went meanwhile
        index.retain(
            documents.values().stream()
                .flatMap(each -> each.ids().stream())
                .collect(Collectors.toSet()));
      }
      if (changed) {
        index.settle();
        changed = false;
      }
      int passages = documents.values().stream().mapToInt(each -> each.ids().size()).sum();
      state = new State(true, documents.size() - skipped.size(), passages, skipped);
      readOnce.countDown();
      if (first) {
        LOG.info(
            "the documents '{}' are indexed: {} files, {} passages, {} skipped",
            name,
            state.documents(),
            state.passages(),
            skipped.size());
      }
    } finally {
      refreshing.unlock();
    }
  }

  private void index(DocumentSource.Entry entry, Map<String, String> skipped) {
    var before = documents.get(entry.name());
    var reason = state.skipped().get(entry.name());
    if (before != null && before.stamp().equals(entry.stamp())) {
      if (reason != null) {
        skipped.put(entry.name(), reason);
      }
      return;
    }
    var hash = "";
    List<Passage> cut = List.of();
    try {
      DocumentReader.bound(entry);
      var bytes = source.read(entry);
      hash = hash(bytes);
      if (before != null && before.hash().equals(hash)) {
        documents.put(entry.name(), new Document(entry.stamp(), hash, before.ids()));
        return;
      }
      cut = DocumentReader.passages(entry.name(), bytes);
    } catch (DocumentReader.UnreadableException | IOException e) {
      skipped.put(entry.name(), String.valueOf(e.getMessage()));
      LOG.warn("skipping {} of the documents '{}': {}", entry.name(), name, e.getMessage());
    }
    put(entry, hash, cut, before);
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private void put(
      DocumentSource.Entry entry, String hash, List<Passage> cut, @Nullable Document before) {
    Map<String, Passage> all = new LinkedHashMap<>();
    for (int i = 0; i < cut.size(); i++) {
      all.put(entry.name() + "#" + i + "@" + hash.substring(0, 8), cut.get(i));
    }
    var ids = List.copyOf(all.keySet());
    var held = index.holding(ids);
    var fresh = ids.stream().filter(id -> !held.contains(id)).toList();
    for (int from = 0; from < fresh.size(); from += BATCH) {
      var batch = fresh.subList(from, Math.min(from + BATCH, fresh.size()));
      var texts = batch.stream().map(all::get).toList();
      var vectors = embedder.embed(texts.stream().map(Passage::searched).toList());
      List<PassageIndex.Entry> entries = new ArrayList<>(batch.size());
      for (int i = 0; i < batch.size(); i++) {
        entries.add(new PassageIndex.Entry(batch.get(i), texts.get(i), vectors.get(i)));
      }
      index.put(entries);
      changed = true;
    }
    documents.put(entry.name(), new Document(entry.stamp(), hash, ids));
    if (before != null) {
      remove(before);
    }
  }

  private void remove(@Nullable Document document) {
    if (document != null) {
      index.remove(document.ids());
    }
  }

  /** Ends the thread. */
  @Override
  public void close() {
    watcher.interrupt();
  }
}
