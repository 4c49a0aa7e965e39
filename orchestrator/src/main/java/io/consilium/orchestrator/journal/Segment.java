package io.consilium.orchestrator.journal;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal. It is written by one appender at a time, behind the journal's lock, and
 * read by the drain, which keeps its own position.
 *
 * <p>It writes through a plain stream rather than a channel: a channel closes when the thread that
 * writes is interrupted, and requests are.
 */
final class Segment {
  static final String SUFFIX = ".ndjson";

  /** No decision is longer; a line that would be is damage. */
  private static final int LONGEST_LINE = 64 << 20;

  private final Path file;
  private final long number;
  private final @Nullable FileOutputStream out;
  private volatile long length;
  private volatile long synced;
  private volatile boolean closed;
  private volatile long drained;
  private volatile boolean torn;
  private volatile boolean damaged;
  private int failedReads; // of the drain's thread

  private Segment(Path file, long number, @Nullable FileOutputStream out, long length) {
    this.file = file;
    this.number = number;
    this.out = out;
    this.length = length;
    this.synced = length;
    this.closed = out == null;
  }

  /** A new, empty file. */
  static Segment create(Path folder, long number) throws IOException {
    var file = folder.resolve("%012d%s".formatted(number, SUFFIX));
    return new Segment(file, number, new FileOutputStream(file.toFile(), true), 0);
  }

  /** A file left by an earlier run; it is only read. */
  static Segment left(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    long number = Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    return new Segment(file, number, null, Files.size(file));
  }

  Path file() {
    return file;
  }

  long number() {
    return number;
  }

  long length() {
    return length;
  }

  /** Bytes whose decisions are in the store. */
  long drained() {
    return drained;
  }

  boolean isDrained() {
    return drained == length;
  }

  /** Writes a line whole or, as where the disk is full, not at all. */
  void append(byte[] line) throws IOException {
    write(line);
    long reached = length + line.length; // one appender at a time
    length = reached;
  }

  /** Writes some bytes and takes them back; fails where a line could not be written either. */
  void probe(int bytes) throws IOException {
    write(new byte[bytes]);
    cutBack();
    if (torn) {
      throw new IOException(file + " cannot be shortened");
    }
  }

  private void write(byte[] bytes) throws IOException {
    if (out == null || closed || torn) {
      throw new IOException(file + " is closed");
    }
    try {
      out.write(bytes);
    } catch (IOException e) {
      cutBack(); // some of it may stand there
      throw e;
    }
  }

  private void cutBack() {
    try (var shortened = new RandomAccessFile(file.toFile(), "rw")) {
      shortened.setLength(length);
    } catch (IOException e) {
      torn = true;
    }
  }

  /** Whether something may stand behind the last line, so that nothing more goes into this file. */
  boolean isTorn() {
    return torn;
  }

  /** Keeps the file from being deleted: something in it could not be read. */
  void damage() {
    damaged = true;
  }

  boolean isDamaged() {
    return damaged;
  }

  /** How often reading it has failed, this time included. */
  int readFailed() {
    failedReads++;
    return failedReads;
  }

  boolean needsSync() {
    return synced < length;
  }

  /** Brings everything written so far to the disk; may run beside an append. */
  void sync() throws IOException {
    long reached = length;
    if (out != null && !closed) {
      out.getFD().sync();
    }
    synced = reached;
  }

  /** No more is written. */
  void close() throws IOException {
    if (out != null) {
      closed = true;
      out.close();
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Marks everything up to {@code position} as being in the store. */
  void drainedTo(long position) {
    drained = position;
  }

  /** Whole lines from the drained position on, and the position behind them. */
  record Read(List<byte[]> lines, long end) {}

  /**
   * Reads up to {@code most} whole lines. A line with a wrong checksum, or a last one without its
   * newline, is skipped and its position reported.
   */
  Read read(int most, LongConsumer damaged) throws IOException {
    long limit = length;
    List<byte[]> lines = new ArrayList<>();
    long position = drained;
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      var buffer = new byte[64 << 10];
      while (lines.size() < most && position < limit) {
        in.seek(position);
        int size = in.read(buffer, 0, (int) Math.min(buffer.length, limit - position));
        int start = 0;
        for (int i = 0; i < size && lines.size() < most; i++) {
          if (buffer[i] == '\n') {
            var line = Arrays.copyOfRange(buffer, start, i);
            if (Line.whole(line)) {
              lines.add(line);
            } else {
              damaged.accept(position + start);
            }
            start = i + 1;
          }
        }
        position += start;
        if (start == 0) { // no newline within the buffer
          if (position + size < limit && buffer.length < LONGEST_LINE) {
            buffer = new byte[2 * buffer.length];
          } else {
            damaged.accept(position);
            position = limit;
          }
        }
      }
    }
    return new Read(lines, position);
  }
}
