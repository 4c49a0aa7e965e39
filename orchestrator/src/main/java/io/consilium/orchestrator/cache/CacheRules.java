package io.consilium.orchestrator.cache;

import io.consilium.expert.Caching;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who decides whether an earlier answer may do: the request where it says so, else its policy, else
 * the settings, and never beyond what the key and the settings allow.
 *
 * @param settings of the service
 * @param policies what policies say, by name
 */
public record CacheRules(CacheSettings settings, Map<String, Caching> policies) {
  public CacheRules {
    policies = Map.copyOf(policies);
  }

  /**
   * What holds for a request.
   *
   * @param wish what the request says, or null
   * @param steady whether its answer is the same each time; if not, only its own wish counts
   * @param key the most its key allows
   */
  public Caching of(@Nullable Caching wish, String policy, boolean steady, Caching key) {
    var said =
        wish != null
            ? wish
            : steady ? policies.getOrDefault(policy, settings.usual()) : Caching.OFF;
    return said.atMost(key).atMost(settings.most());
  }
}
