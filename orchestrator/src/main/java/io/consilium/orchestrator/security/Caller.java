package io.consilium.orchestrator.security;

import io.consilium.expert.ApiKey;
import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.Caching;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request.
 *
 * @param access what they may do
 * @param tenant whose traffic it is
 * @param key the id of the key they sent, or null when none was needed
 * @param recordContent whether their questions and answers may be kept
 * @param caching the most that they may be answered from the cache
 */
public record Caller(
    Access access, String tenant, @Nullable String key, boolean recordContent, Caching caching) {
  /** Somebody on this machine, where no key is needed. */
  public static final Caller LOCAL = new Caller(Access.ADMIN, "default", null, true);

  private static final String ATTRIBUTE = Caller.class.getName();

  /** Somebody who may be answered from the cache. */
  public Caller(Access access, String tenant, @Nullable String key, boolean recordContent) {
    this(access, tenant, key, recordContent, Caching.SEMANTIC);
  }

  /** Whoever sends this key. */
  public static Caller with(ApiKey key) {
    return new Caller(key.access(), key.tenant(), key.id(), key.recordContent(), key.caching());
  }

  /** Lets handlers behind the door find this caller. */
  public void attachTo(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /** The caller the key filter let in. */
  public static Caller of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Caller caller) {
      return caller;
    }
    throw new IllegalStateException("a request passed without the key filter");
  }
}
