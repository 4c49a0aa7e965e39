package io.consilium.adapters.documents;

import io.consilium.expert.Embedder;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Embeddings kept on disk by what was embedded and by which embedder, so that a restart need not
 * compute them again. One file per embedder, only ever appended to; a torn end, as after a crash,
 * is cut off. A folder that cannot be written costs time, not answers. Vectors that somebody else
 * kept, in a folder of the same make, are used as well; since they are known by what was embedded,
 * an old one is never taken for a new text's. For one thread.
 */
final class EmbeddingCache {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddingCache.class);
  private static final int HASH = 32;

  private final Embedder embedder;
  private final Path file;
  private final Map<String, float[]> known = new HashMap<>();

  /**
   * @param folder where vectors are kept; created when missing
   * @param made a folder in which vectors were kept before, only read; null for none
   */
  EmbeddingCache(Path folder, @Nullable Path made, Embedder embedder) {
    this.embedder = embedder;
    var name = "embeddings-" + hash(embedder.id()).substring(0, 16) + ".bin";
    this.file = folder.resolve(name);
    if (made != null) {
      load(made.resolve(name));
    }
    try {
      Files.createDirectories(folder);
      load(file);
      cutTornEnd();
    } catch (IOException e) {
      LOG.warn("the embedding cache {} cannot be written: {}", file, e.toString());
    }
  }

  private void load(Path from) {
    if (!Files.exists(from)) {
      return;
    }
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(from)))) {
      long whole = Files.size(from) / record();
      for (long i = 0; i < whole; i++) {
        var key = HexFormat.of().formatHex(in.readNBytes(HASH));
        var vector = new float[embedder.dimension()];
        for (int k = 0; k < vector.length; k++) {
          vector[k] = in.readFloat();
        }
        known.put(key, vector);
      }
    } catch (IOException e) {
      LOG.warn("the embedding cache {} cannot be read: {}", from, e.toString());
    }
  }

  private void cutTornEnd() throws IOException {
    long size = Files.exists(file) ? Files.size(file) : 0;
    if (size % record() != 0) {
      try (var torn = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
        torn.truncate(size - size % record());
      }
    }
  }

  private int record() {
    return HASH + embedder.dimension() * Float.BYTES;
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
