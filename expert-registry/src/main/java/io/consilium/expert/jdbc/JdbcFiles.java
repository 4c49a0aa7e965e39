package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.jdbc.StoredFile.Owner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Files handed over by callers or written for them, in pieces. */
public final class JdbcFiles {
  /** Bytes of a piece; the embedded store takes a mebibyte at most. */
  static final int PIECE = 256 << 10;

  private final Database database;

  public JdbcFiles(Database database) {
    this.database = database;
  }

  /**
   * Keeps a file, all or nothing.
   *
   * @param file its length is that of the contents
   * @param most bytes it may have
   * @throws ExpertException {@code TOO_LARGE}; {@code CANCELLED} when the contents stop coming
   */
  public StoredFile keep(StoredFile file, InputStream contents, long most) {
    return database.transaction(() -> {
      try (var pieces = begin(file)) {
        var buffer = new byte[PIECE];
        for (int read = contents.read(buffer); read >= 0; read = contents.read(buffer)) {
          if (pieces.length() + read > most) {
            throw new ExpertException(
                    FailureKind.TOO_LARGE,
                    "the file is larger than %,d bytes: split it, or raise consilium.batch.max-file"
                        .formatted(most))
                .about("file");
          }
          pieces.write(buffer, 0, read);
        }
        return pieces.end();
      } catch (IOException e) {
        throw new ExpertException(FailureKind.CANCELLED, "the file did not come whole", e);
      }
    });
  }

  /** Begins a file within the transaction under way. */
  Pieces begin(StoredFile file) {
    database
        .sql()
        .sql(
            """
            insert into stored_file
              (id, tenant, owner, name, purpose, bytes, created_at, expires_at)
            values (:id, :tenant, :owner, :name, :purpose, 0, :created, :expires)
            """)
        .param("id", file.id())
        .param("tenant", Columns.text(file.owner().tenant(), 255))
        .param("owner", Columns.text(file.owner().key(), 255))
        .param("name", Columns.text(file.name(), 255))
        .param("purpose", file.purpose())
        .param("created", Columns.time(file.created()))
        .param("expires", Columns.timeOrNull(file.expires()))
        .update();
    return new Pieces(file);
  }

  /** Writes a file piece by piece. */
  final class Pieces extends OutputStream {
    private final StoredFile file;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE);
    private int part;
    private long length;

    private Pieces(StoredFile file) {
      this.file = file;
    }

    long length() {
      return length;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      int at = from;
      int left = count;
      while (left > 0) {
        int fits = Math.min(left, PIECE - piece.size());
        piece.write(bytes, at, fits);
        at += fits;
        left -= fits;
        if (piece.size() == PIECE) {
          put();
        }
      }
      length += count;
    }

    private void put() {
      database
          .sql()
          .sql("insert into stored_file_part (file, part, bytes) values (:file, :part, :bytes)")
          .param("file", file.id())
          .param("part", part++)
          .param("bytes", piece.toByteArray())
          .update();
      piece.reset();
    }

    /** The file as it was kept. */
    StoredFile end() {
      if (piece.size() > 0) {
        put();
      }
      database
          .sql()
          .sql("update stored_file set bytes = :bytes where id = :id")
          .param("bytes", length)
          .param("id", file.id())
          .update();
      return new StoredFile(
          file.id(),
          file.owner(),
          file.name(),
          file.purpose(),
          length,
          file.created(),
          file.expires());
    }
  }

  /** The owner's file with this id. */
  public Optional<StoredFile> find(String id, Owner owner) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select * from stored_file where id = :id and tenant = :tenant and owner = :owner")
            .param("id", id)
            .param("tenant", owner.tenant())
            .param("owner", owner.key())
            .query((row, number) -> file(row))
            .optional());
  }

  /**
   * The owner's files.
   *
   * @param purpose only those for it; null for all
   * @param oldestFirst the order; newest first otherwise
   * @param after the id of the last file of the page before, or null
   */
  public Page<StoredFile> list(
      Owner owner,
      @Nullable String purpose,
      boolean oldestFirst,
      int limit,
      @Nullable String after) {
    var found =
        database.attempt(() ->
            database
                .sql()
                .sql(
                    """
                    select * from stored_file
                    where tenant = :tenant and owner = :owner and purpose like :purpose
                      and (cast(:after as varchar) is null or id %s cast(:after as varchar))
                    order by id %s limit :limit
                    """
                        .formatted(oldestFirst ? ">" : "<", oldestFirst ? "asc" : "desc"))
                .param("tenant", owner.tenant())
                .param("owner", owner.key())
                .param("purpose", purpose == null ? "%" : purpose)
                .param("after", after)
                .param("limit", limit + 1)
                .query((row, number) -> file(row))
                .list());
    return Page.of(found, limit, StoredFile::id);
  }

  private static StoredFile file(ResultSet row) throws SQLException {
    return new StoredFile(
        row.getString("id"),
        new Owner(row.getString("tenant"), row.getString("owner")),
        row.getString("name"),
        row.getString("purpose"),
        row.getLong("bytes"),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "expires_at"));
  }

  /** Deletes a file with its contents; nothing when there is none. */
  public void delete(String id) {
    database.attempt(() ->
        database.sql().sql("delete from stored_file where id = :id").param("id", id).update());
  }

  /** Deletes the files whose time is over, but those that an unfinished batch reads. */
  public int expire(Instant now) {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                delete from stored_file where expires_at <= :now and not exists
                  (select 1 from batch b where b.input_file = stored_file.id and b.ended_at is null)
                """)
            .param("now", Columns.time(now))
            .update());
  }

  /** Reads the contents of a file, a piece at a time; for one thread. */
  public Contents contents(String id) {
    return new Contents(id);
  }

  /** The contents of a file, in order or from anywhere. */
  public final class Contents extends InputStream {
    private final String id;
    private int held = -1;
    private byte[] piece = new byte[0];
    private long at;

    private Contents(String id) {
      this.id = id;
    }

    /** Some bytes from anywhere; fewer where the file ends. */
    public byte[] range(long from, int length) {
      var bytes = new byte[length];
      at = from;
      int read = readNBytesHere(bytes);
      return read == length ? bytes : Arrays.copyOf(bytes, read);
    }

    private int readNBytesHere(byte[] into) {
      int filled = 0;
      while (filled < into.length) {
        int read = read(into, filled, into.length - filled);
        if (read < 0) {
          break;
        }
        filled += read;
      }
      return filled;
    }

    @Override
    public int read() {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) {
      if (length == 0) {
        return 0;
      }
      int part = (int) (at / PIECE);
      if (part != held) {
        piece = piece(part);
        held = part;
      }
      int inside = (int) (at % PIECE);
      int count = Math.min(length, piece.length - inside);
      if (count <= 0) {
        return -1;
      }
      System.arraycopy(piece, inside, into, from, count);
      at += count;
      return count;
    }

    private byte[] piece(int part) {
      List<byte[]> found =
          database.attempt(() ->
              database
                  .sql()
                  .sql("select bytes from stored_file_part where file = :file and part = :part")
                  .param("file", id)
                  .param("part", part)
                  .query((row, number) -> row.getBytes("bytes"))
                  .list());
      return found.isEmpty() ? new byte[0] : found.getFirst();
    }
  }
}
