package io.consilium.worker.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The head of a GGUF file: metadata and the list of tensors, read and checked in Java, because the
 * native reader ends the process on some malformed files. Arrays are represented by their length.
 *
 * @param path the file
 * @param metadata keys to {@link Long}, {@link Double}, {@link Boolean}, {@link String} or {@link
 *     Array}
 * @param tensors by name, in file order
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public record Gguf(Path path, Map<String, Object> metadata, Map<String, Tensor> tensors) {
  private static final int MAGIC = 0x46554747;
  private static final int MOST_ENTRIES = 1_000_000;
  private static final int MOST_DIMENSIONS = 4;
  private static final int LONGEST_NAME = 1 << 16;
  private static final int LONGEST_TEXT = 1 << 24;

  /** llama.cpp's {@code llama_ftype}. */
  private static final Map<Integer, String> FILE_TYPES =
      Map.ofEntries(
          Map.entry(0, "f32"),
          Map.entry(1, "f16"),
          Map.entry(2, "q4_0"),
          Map.entry(3, "q4_1"),
          Map.entry(7, "q8_0"),
          Map.entry(8, "q5_0"),
          Map.entry(9, "q5_1"),
          Map.entry(10, "q2_k"),
          Map.entry(11, "q3_k_s"),
          Map.entry(12, "q3_k_m"),
          Map.entry(13, "q3_k_l"),
          Map.entry(14, "q4_k_s"),
          Map.entry(15, "q4_k_m"),
          Map.entry(16, "q5_k_s"),
          Map.entry(17, "q5_k_m"),
          Map.entry(18, "q6_k"),
          Map.entry(32, "bf16"));

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** An array in the metadata. */
  public record Array(int elementType, long length) {}

  /**
   * One tensor.
   *
   * @param dimensions fastest first
   * @param type ggml's number: 0 F32, 1 F16, 8 Q8_0 …
   * @param offset from the start of the file
   */
  public record Tensor(long[] dimensions, int type, long offset) {
    /** A dimension; 1 beyond the last. */
    public long dimension(int index) {
      return index < dimensions.length ? dimensions[index] : 1;
    }

    /** All dimensions multiplied. */
    public long elements() {
      long product = 1;
      for (var size : dimensions) {
        product = Math.multiplyExact(product, size);
      }
      return product;
    }
  }

  /**
   * Reads and checks a file's head.
   *
   * @throws WorkerException when it is not GGUF, is cut short, or contradicts itself; the message
   *     names the file and the place
   */
  public static Gguf read(Path path) {
    if (!Files.isRegularFile(path)) {
      throw WorkerException.badFile("%s is no file this worker can read".formatted(path));
    }
    try (var channel = FileChannel.open(path, StandardOpenOption.READ);
        var arena = Arena.ofConfined()) {
      var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new Reader(path, bytes).read();
    } catch (IOException e) {
      throw WorkerException.badFile("%s cannot be read: %s".formatted(path, e.getMessage()));
    } catch (ArithmeticException e) {
      throw WorkerException.badFile(
          "%s is damaged: a tensor is larger than any file".formatted(path));
    }
  }

  /** {@code general.architecture}. */
  public String architecture() {
    return text("general.architecture")
        .orElseThrow(
            () -> WorkerException.badFile("%s names no general.architecture".formatted(path)));
  }

  /** A text of the metadata. */
  public Optional<String> text(String key) {
    return metadata.get(key) instanceof String value ? Optional.of(value) : Optional.empty();
  }

  /** A whole number of the metadata. */
  public Optional<Long> number(String key) {
    return metadata.get(key) instanceof Long value ? Optional.of(value) : Optional.empty();
  }

  /** A number of the metadata, whole or not. */
  public Optional<Double> real(String key) {
    return metadata.get(key) instanceof Number value
        ? Optional.of(value.doubleValue())
        : Optional.empty();
  }

  /** A whole number under the architecture's prefix. */
  public Optional<Long> setting(String key) {
    return number(architecture() + "." + key);
  }

  /** How most weights are quantised, by {@code general.file_type}: f16, q8_0 and the like. */
  public Optional<String> quantisation() {
    return number("general.file_type")
        .flatMap(type -> Optional.ofNullable(FILE_TYPES.get(type.intValue())));
  }

  /** Bytes of all tensors whose type is known here. */
  public long weightBytes() {
    long sum = 0;
    for (var tensor : tensors.values()) {
      var block = block(tensor.type());
      sum += block == null ? 0 : tensor.elements() / block[1] * block[0];
    }
    return sum;
  }

  /** Bytes of a block of this ggml type and how many numbers it holds; null when unknown. */
  static int @Nullable [] block(int type) {
    return switch (type) {
      case 0 -> new int[] {4, 1};
      case 1, 30 -> new int[] {2, 1};
      case 2 -> new int[] {18, 32};
      case 3 -> new int[] {20, 32};
      case 6 -> new int[] {22, 32};
      case 7 -> new int[] {24, 32};
      case 8 -> new int[] {34, 32};
      case 10 -> new int[] {84, 256};
      case 11 -> new int[] {110, 256};
      case 12 -> new int[] {144, 256};
      case 13 -> new int[] {176, 256};
      case 14 -> new int[] {210, 256};
      default -> null;
    };
  }

  private static final class Reader {
    private final Path path;
    private final MemorySegment bytes;
    private long at;

    Reader(Path path, MemorySegment bytes) {
      this.path = path;
      this.bytes = bytes;
    }

    Gguf read() {
      if (bytes.byteSize() < 24 || bytes.get(INT, 0) != MAGIC) {
        throw bad("is no GGUF file: it does not start with the letters GGUF");
      }
      at = 4;
      var version = int32("the version");
      if (version != 2 && version != 3) {
        throw bad(
            "is GGUF version %s; versions 2 and 3 are read"
                .formatted(Integer.toUnsignedString(version)));
      }
      var tensorCount = count("the number of tensors");
      var keyCount = count("the number of metadata keys");
      Map<String, Object> metadata = new LinkedHashMap<>();
      for (long i = 0; i < keyCount; i++) {
        var key = text("a metadata key", LONGEST_NAME);
        if (metadata.put(key, value(key, int32(key))) != null) {
          throw bad("has the metadata key %s twice".formatted(key));
        }
      }
      Map<String, Tensor> relative = new LinkedHashMap<>();
      for (long i = 0; i < tensorCount; i++) {
        var name = text("a tensor's name", LONGEST_NAME);
        if (relative.put(name, tensor(name)) != null) {
          throw bad("has the tensor %s twice".formatted(name));
        }
      }
      return new Gguf(path, metadata, placed(relative, alignment(metadata)));
    }

    private long alignment(Map<String, Object> metadata) {
      var stated = metadata.getOrDefault("general.alignment", 32L);
      if (!(stated instanceof Long size)
          || size < 1
          || size > 1 << 20
          || Long.bitCount(size) != 1) {
        throw bad("has general.alignment %s, which is no power of two".formatted(stated));
      }
      return size;
    }

    private Map<String, Tensor> placed(Map<String, Tensor> relative, long alignment) {
      var start = (at + alignment - 1) / alignment * alignment;
      Map<String, Tensor> placed = new LinkedHashMap<>();
      relative.forEach((name, tensor) -> {
        var block = block(tensor.type());
        if (tensor.offset() < 0 || tensor.offset() % alignment != 0) {
          throw bad("places the tensor %s at %d".formatted(name, tensor.offset()));
        }
        var from = Math.addExact(start, tensor.offset());
        // a type not in our table is left to the native reader to size
        var size =
            block == null ? 1 : Math.multiplyExact(tensor.elements() / block[1], (long) block[0]);
        if (block != null && tensor.dimension(0) % block[1] != 0) {
          throw bad(
              "has rows of %d in %s, which its type does not divide"
                  .formatted(tensor.dimension(0), name));
        }
        if (Math.addExact(from, size) > bytes.byteSize()) {
          throw bad(
              "is cut short: the tensor %s ends at byte %d and the file at %d"
                  .formatted(name, from + size, bytes.byteSize()));
        }
        placed.put(name, new Tensor(tensor.dimensions(), tensor.type(), from));
      });
      return placed;
    }

    private Tensor tensor(String name) {
      var count = int32(name);
      if (count < 1 || count > MOST_DIMENSIONS) {
        throw bad("gives the tensor %s %d dimensions".formatted(name, count));
      }
      var dimensions = new long[count];
      for (int i = 0; i < count; i++) {
        dimensions[i] = int64(name);
        if (dimensions[i] < 1) {
          throw bad("gives the tensor %s a dimension of %d".formatted(name, dimensions[i]));
        }
      }
      return new Tensor(dimensions, int32(name), int64(name));
    }

    private Object value(String key, int type) {
      return switch (type) {
        case 0, 1, 7 -> {
          need(1, key);
          long b = bytes.get(ValueLayout.JAVA_BYTE, at++);
          yield type == 7 ? (Object) (b != 0) : (Object) (type == 0 ? b & 0xff : b);
        }
        case 2, 3 -> {
          need(2, key);
          int s =
              bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
          at += 2;
          yield (long) (type == 2 ? s & 0xffff : s);
        }
        case 4 -> Integer.toUnsignedLong(int32(key));
        case 5 -> (long) int32(key);
        case 6 -> (double) Float.intBitsToFloat(int32(key));
        case 8 -> text(key, LONGEST_TEXT);
        case 9 -> array(key);
        case 10, 11 -> int64(key);
        case 12 -> Double.longBitsToDouble(int64(key));
        default -> throw bad("gives %s a type of number %d".formatted(key, type));
      };
    }

    private Array array(String key) {
      var type = int32(key);
      var length = int64(key);
      if (length < 0 || length > bytes.byteSize()) {
        throw bad("is cut short in the list %s".formatted(key));
      }
      var size =
          switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 10, 11, 12 -> 8;
            case 8 -> 0;
            default -> throw bad("gives %s elements of type %d".formatted(key, type));
          };
      if (size > 0) {
        need(length * size, key);
        at += length * size;
      } else {
        for (long i = 0; i < length; i++) {
          var bytesLong = int64(key);
          need(bytesLong, key);
          at += bytesLong;
        }
      }
      return new Array(type, length);
    }

    private long count(String what) {
      var count = int64(what);
      if (count < 0 || count > MOST_ENTRIES) {
        throw bad("gives %s as %s".formatted(what, Long.toUnsignedString(count)));
      }
      return count;
    }

    private String text(String what, int longest) {
      var length = int64(what);
      if (length < 0 || length > longest) {
        throw bad("has a text of %s bytes in %s".formatted(Long.toUnsignedString(length), what));
      }
      need(length, what);
      var text = new byte[(int) length];
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, text, 0, text.length);
      at += length;
      return new String(text, StandardCharsets.UTF_8);
    }

    private int int32(String what) {
      need(4, what);
      var value = bytes.get(INT, at);
      at += 4;
      return value;
    }

    private long int64(String what) {
      need(8, what);
      var value = bytes.get(LONG, at);
      at += 8;
      return value;
    }

    private void need(long size, String what) {
      if (size < 0 || size > bytes.byteSize() - at) {
        throw bad("is cut short at byte %d, in %s".formatted(at, what));
      }
    }

    private WorkerException bad(String what) {
      return WorkerException.badFile("%s %s".formatted(path, what));
    }
  }
}
