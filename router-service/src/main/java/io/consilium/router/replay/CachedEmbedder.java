package io.consilium.router.replay;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.records.Item;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.zip.CRC32;

/**
 * An embedder that keeps what it computed in a file, by the SHA-256 of the text: replays embed each
 * question once, whatever run asks. One file per vector space; a file cut short by a crash loses
 * its last vector only. One process at a time may write a folder.
 */
public final class CachedEmbedder implements Embedder {
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
    this.embedder = embedder;
    this.file = folder.resolve(embedder.id().replaceAll("[^A-Za-z0-9.-]", "_") + ".vectors");
    try {
      Files.createDirectories(folder);
      if (Files.exists(file)) {
        load();
      }
    } catch (IOException e) {
      throw failed("read", e);
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

  private ExpertException failed(String what, IOException cause) {
    return new ExpertException(
        FailureKind.CONFIGURATION,
        "cannot %s %s: %s; give another folder for the cache"
            .formatted(what, file, cause.getMessage()),
        cause);
  }

  // one entry: 32 bytes of hash, the vector, CRC32 of both
  private void load() throws IOException {
    long whole = 0;
    byte[] entry = new byte[entry()];
    try (var in =
        new DataInputStream(new java.io.BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
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
    return texts.stream().map(text -> known.getOrDefault(key(text), new float[0]).clone()).toList();
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

  /**
   * What the router would know of recorded questions, their vectors computed ahead.
   *
   * @param progress hears how many of how many are done, now and then
   */
  public List<QuestionProfile> profiles(List<Item> items, BiConsumer<Integer, Integer> progress) {
    var tags = SkillTags.shipped();
    var profiles =
        items.stream()
            .map(item ->
                QuestionProfiler.recorded(item.text(), tags, text -> Optional.of(embed(text))))
            .toList();
    prepare(profiles.stream().map(QuestionProfile::text).toList(), progress);
    return profiles;
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
      throw failed("write", e);
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
