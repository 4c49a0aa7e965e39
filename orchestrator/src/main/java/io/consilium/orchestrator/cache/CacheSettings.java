package io.consilium.orchestrator.cache;

import io.consilium.expert.Caching;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.Duration;
import java.util.Locale;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Which answers are given again, and for how long.
 *
 * @param usual what holds where neither the policy nor the request says otherwise
 * @param most the most that either may ask for; {@code OFF} for no cache at all
 * @param ttl how long an answer may be given again
 * @param size the most that is kept in memory; the answers asked for least go first
 * @param stored the most that is kept in the store for all replicas, in characters; the oldest go
 *     first
 * @param scope who shares answers: the keys of a tenant, or each key by itself
 * @param similarity the least cosine at which a question is looked at for being the same in other
 *     words
 */
public record CacheSettings(
    @DefaultValue("exact") Caching usual,
    @DefaultValue("semantic") Caching most,
    @DefaultValue("7d") Duration ttl,
    @DefaultValue("64MB") DataSize size,
    @DefaultValue("512MB") DataSize stored,
    @DefaultValue("tenant") Scope scope,
    @DefaultValue("0.75") double similarity) {
  /** Who shares answers; never more than a tenant. */
  public enum Scope {
    TENANT,
    KEY
  }

  /** What holds when nothing is set. */
  public static final CacheSettings DEFAULT =
      new CacheSettings(
          Caching.EXACT,
          Caching.SEMANTIC,
          Duration.ofDays(7),
          DataSize.ofMegabytes(64),
          DataSize.ofMegabytes(512),
          Scope.TENANT,
          0.75);

  public CacheSettings {
    require(ttl.isPositive(), "ttl", "a positive time, such as 7d");
    require(size.toBytes() >= 1024, "size", "at least 1KB");
    require(!stored.isNegative(), "stored", "0 or more, such as 512MB");
    require(similarity > 0 && similarity <= 1, "similarity", "a cosine above 0, at most 1");
    require(
        usual.compareTo(most) <= 0,
        "usual",
        "no more than cache.most, which is " + most.name().toLowerCase(Locale.ROOT));
  }

  private static void require(boolean holds, String key, String range) {
    if (!holds) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "consilium.cache.%s must be %s".formatted(key, range));
    }
  }
}
