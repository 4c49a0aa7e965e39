package io.consilium.expert.index;

import io.consilium.expert.Embedder;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedder that keeps what it computed in a file, by the SHA-256 of the text: each text is
 * embedded once, whatever run asks. One file per vector space; a file cut short by a crash loses
 * its last vector only. A folder that cannot be read or written costs time, not answers. One
 * process at a time may write a folder. Vectors are shared, not to be changed.
 */
public final class CachedEmbedder implements Embedder {
  private static final Logger LOG = LoggerFactory.getLogger(CachedEmbedder.class);
  private static final int CHUNK = 256;

  private final Embedder embedder;
  private final Path file;
  private final Map<String, float[]> known = new ConcurrentHashMap<>();

  /**
   * Opens the cache.
   *
   * @param embedder computes what is not known yet
   * @param folder holds one file per embedder; created when missing
   */
  public CachedEmbedder(Embedder embedder, Path folder) {
    this(embedder, folder, null);
  }

  /**
   * Opens the cache, with what was computed before.
   *
   * @param made the folder of another cache, only read; null for none
   */
  public CachedEmbedder(Embedder embedder, Path folder, @Nullable Path made) {
    this.embedder = embedder;
    var name = embedder.id().replaceAll("[^A-Za-z0-9.-]", "_") + ".vectors";
    this.file = folder.resolve(name);
    try {
      if (made != null && Files.exists(made.resolve(name))) {
        load(made.resolve(name));
      }
      Files.createDirectories(folder);
      if (Files.exists(file)) {
        cut(load(file));
      }
    } catch (IOException e) {
      LOG.warn("vectors kept in {} are computed again: {}", folder, e.toString());
    }
  }

  /** Where vectors are kept: {@code $CONSILIUM_HOME/cache}, else {@code .cache} of the user. */
  public static Path folder(Map<String, String> environment) {
    var home = environment.getOrDefault("CONSILIUM_HOME", "");
    if (!home.isEmpty()) {
      return Path.of(home, "cache");
    }
    var cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    return cache.isEmpty()
        ? Path.of(System.getProperty("user.home", "."), ".cache", "consilium")
        : Path.of(cache, "consilium");
  }

  /**
   * Reads entries, each 32 bytes of hash, the vector, CRC32 of both; gives the bytes of whole ones.
   */
  private long load(Path from) throws IOException {
    long whole = 0;
    byte[] entry = new byte[entry()];
    try (var in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(from), 1 << 16))) {
      while (true) {
        in.readFully(entry);
        var buffer = ByteBuffer.wrap(entry);
        var crc = new CRC32();
        crc.update(entry, 0, entry.length - 4);
        if ((int) crc.getValue() != buffer.getInt(entry.length - 4)) {
          break; // what follows a damaged entry cannot be trusted
        }
        float[] vector = new float[embedder.dimension()];
        buffer.position(32);
        buffer.asFloatBuffer().get(vector);
        known.put(new String(entry, 0, 32, StandardCharsets.ISO_8859_1), vector);
        whole += entry.length;
      }
    } catch (EOFException e) {
      // the end, or an entry cut short
    }
    return whole;
  }

  private void cut(long whole) throws IOException {
    if (whole < Files.size(file)) {
      try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
        channel.truncate(whole);
      }
    }
  }

  private int entry() {
    return 32 + 4 * embedder.dimension() + 4;
  }

  @Override
  public String id() {
    return embedder.id();
  }

  @Override
  public int dimension() {
    return embedder.dimension();
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    prepare(texts, (done, all) -> {});
    return texts.stream().map(text -> Objects.requireNonNull(known.get(key(text)))).toList();
  }

  /**
   * Computes what is not known yet of some texts.
   *
   * @param progress hears how many of how many are done, now and then
   */
  public void prepare(List<String> texts, BiConsumer<Integer, Integer> progress) {
    List<String> fresh = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (var text : texts) {
      if (!known.containsKey(key(text)) && keys.add(key(text))) {
        fresh.add(text);
      }
    }
    for (int from = 0; from < fresh.size(); from += CHUNK) {
      var chunk = fresh.subList(from, Math.min(from + CHUNK, fresh.size()));
      keep(chunk, embedder.embed(chunk));
      progress.accept(from + chunk.size(), fresh.size());
    }
  }

  private synchronized void keep(List<String> texts, List<float[]> vectors) {
    var bytes = ByteBuffer.allocate(texts.size() * entry());
    for (int i = 0; i < texts.size(); i++) {
      var key = key(texts.get(i));
      int start = bytes.position();
      bytes.put(key.getBytes(StandardCharsets.ISO_8859_1));
      for (float part : vectors.get(i)) {
        bytes.putFloat(part);
      }
      var crc = new CRC32();
      crc.update(bytes.array(), start, bytes.position() - start);
      bytes.putInt((int) crc.getValue());
      known.put(key, vectors.get(i));
    }
    try {
      Files.write(file, bytes.array(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.warn("vectors are not kept, {} cannot be written: {}", file, e.toString());
    }
  }

  private static String key(String text) {
    try {
      return new String(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)),
          StandardCharsets.ISO_8859_1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
