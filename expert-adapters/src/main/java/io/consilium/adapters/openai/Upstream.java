package io.consilium.adapters.openai;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.SecretRef;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * A server and how to address it.
 *
 * @param base its base address, with the version path
 * @param host scheme, name and port of {@code base}
 * @param model the name it knows the model by
 * @param key its credential, or null
 * @param headers further request headers
 */
record Upstream(
    URI base,
    HttpHost host,
    String model,
    @Nullable SecretRef key,
    Map<String, SecretRef> headers) {
  private static final URI OPENAI = URI.create("https://api.openai.com/v1");

  static Upstream of(Endpoint endpoint) {
    var base = endpoint.url() == null ? OPENAI : endpoint.url();
    boolean web = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
    if (!web || base.getHost() == null) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "'%s' is no address of a server; write url: https://host/v1".formatted(base));
    }
    var name = base.getHost().replace("[", "").replace("]", "");
    return new Upstream(
        base,
        new HttpHost(base.getScheme(), name, port(base)),
        endpoint.model(),
        endpoint.key(),
        endpoint.headers());
  }

  private static int port(URI base) {
    return base.getPort() >= 0 ? base.getPort() : "https".equals(base.getScheme()) ? 443 : 80;
  }

  /** What people know it by: {@code host:port}. */
  String name() {
    return host.toHostString();
  }

  /** A path below the base address; a query of the base address stays. */
  URI at(String path) {
    var address = base.getScheme() + "://" + base.getRawAuthority() + base.getRawPath();
    var query = base.getRawQuery() == null ? "" : "?" + base.getRawQuery();
    return URI.create((address.endsWith("/") ? address : address + "/") + path + query);
  }

  /** The headers that prove who we are, in clear. */
  Map<String, String> credentials(Function<SecretRef, String> secrets) {
    var all = new LinkedHashMap<String, String>();
    if (key != null) {
      all.put("Authorization", "Bearer " + value(secrets.apply(key), key));
    }
    headers.forEach((name, ref) -> all.put(name, value(secrets.apply(ref), ref)));
    return all;
  }

  private static String value(String secret, SecretRef ref) {
    var value = secret.strip();
    if (value.isEmpty() || value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the secret %s is empty or holds characters that no header may have".formatted(ref));
    }
    return value;
  }

  /** Puts credentials on a request. */
  static void sign(HttpUriRequestBase request, Map<String, String> credentials) {
    credentials.forEach(request::setHeader);
  }
}
