package io.consilium.expert.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/**
 * Who is signed in to the console: 256 random bits for each, kept as SHA-256 next to the id of the
 * API key they were exchanged for. Every replica knows them all.
 */
public final class JdbcSessions {
  /** How long one lasts. */
  public static final Duration LIFE = Duration.ofHours(12);

  private final Database database;
  private final SecureRandom random;
  private final InstantSource clock;

  public JdbcSessions(Database database, SecureRandom random, InstantSource clock) {
    this.database = database;
    this.random = random;
    this.clock = clock;
  }

  /** Begins a session of an API key; returns the secret that stands for it. */
  public String begin(String key) {
    var bits = new byte[32];
    random.nextBytes(bits);
    var secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    var now = clock.instant();
    database.attempt(() -> {
      database
          .sql()
          .sql("delete from console_session where expires_at <= :now")
          .param("now", Columns.time(now))
          .update();
      return database
          .sql()
          .sql(
              "insert into console_session (hash, api_key, created_at, expires_at) values (:hash, :key, :now, :end)")
          .param("hash", sha256(secret))
          .param("key", key)
          .param("now", Columns.time(now))
          .param("end", Columns.time(now.plus(LIFE)))
          .update();
    });
    return secret;
  }

  /** The id of the key whose session this is; empty when there is none, or it is over. */
  public Optional<String> key(String secret) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select api_key from console_session where hash = :hash and expires_at > :now")
            .param("hash", sha256(secret))
            .param("now", Columns.time(clock.instant()))
            .query(String.class)
            .optional());
  }

  /** Ends a session; one that is over already stays so. */
  public void end(String secret) {
    database.attempt(() ->
        database
            .sql()
            .sql("delete from console_session where hash = :hash")
            .param("hash", sha256(secret))
            .update());
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
