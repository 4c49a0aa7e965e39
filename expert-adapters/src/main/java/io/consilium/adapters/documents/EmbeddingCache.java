package io.consilium.adapters.documents;

import io.consilium.expert.Embedder;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Embeddings kept on disk by what was embedded and by which embedder, so that a restart need not
 * compute them again. One file per embedder, only ever appended to; a torn end, as after a crash,
 * is cut off. A folder that cannot be written costs time, not answers. For one thread.
 */
final class EmbeddingCache {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddingCache.class);
  private static final int HASH = 32;

  private final Embedder embedder;
  private final Path file;
  private final Map<String, float[]> known = new HashMap<>();

  EmbeddingCache(Path folder, Embedder embedder) {
    this.embedder = embedder;
    this.file = folder.resolve("embeddings-" + hash(embedder.id()).substring(0, 16) + ".bin");
    try {
      Files.createDirectories(folder);
      if (Files.exists(file)) {
        load();
      }
    } catch (IOException e) {
      LOG.warn("the embedding cache {} cannot be read and is left aside: {}", file, e.toString());
    }
  }

  private void load() throws IOException {
    int record = HASH + embedder.dimension() * Float.BYTES;
    long whole = Files.size(file) / record * record;
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (long at = 0; at < whole; at += record) {
        var key = HexFormat.of().formatHex(in.readNBytes(HASH));
        var vector = new float[embedder.dimension()];
        for (int i = 0; i < vector.length; i++) {
          vector[i] = in.readFloat();
        }
        known.put(key, vector);
      }
    } catch (EOFException e) {
      LOG.warn("the embedding cache {} is shorter than it was a moment ago", file);
    }
    if (whole < Files.size(file)) {
      try (var torn = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
        torn.truncate(whole);
      }
    }
  }

  /** One vector per text, in order; computes and keeps those not known. */
  List<float[]> embed(List<String> texts) {
    var keys = texts.stream().map(EmbeddingCache::hash).toList();
    Map<String, String> missing = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      if (!known.containsKey(keys.get(i))) {
        missing.put(keys.get(i), texts.get(i));
      }
    }
    var wanted = List.copyOf(missing.keySet());
    var vectors = embedder.embed(wanted.stream().map(missing::get).toList());
    for (int i = 0; i < wanted.size(); i++) {
      known.put(wanted.get(i), vectors.get(i));
    }
    append(wanted, vectors);
    List<float[]> all = new ArrayList<>(texts.size());
    for (var key : keys) {
      all.add(Objects.requireNonNull(known.get(key)));
    }
    return all;
  }

  private void append(List<String> keys, List<float[]> vectors) {
    if (keys.isEmpty()) {
      return;
    }
    try {
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      for (int i = 0; i < keys.size(); i++) {
        out.write(HexFormat.of().parseHex(keys.get(i)));
        for (var number : vectors.get(i)) {
          out.writeFloat(number);
        }
      }
      Files.write(file, bytes.toByteArray(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.warn("embeddings are not kept, {} cannot be written: {}", file, e.toString());
    }
  }

  /** SHA-256 as hexadecimal digits. */
  static String hash(String text) {
    return hash(text.getBytes(StandardCharsets.UTF_8));
  }

  static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
