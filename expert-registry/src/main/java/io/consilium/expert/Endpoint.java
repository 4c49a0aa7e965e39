package io.consilium.expert;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where and how an expert is reached.
 *
 * @param provider the kind of server
 * @param url its base address including the version path ({@code https://host/v1}), or null when
 *     the provider has one of its own or runs in this process
 * @param model the name the server knows the model, tool or collection by
 * @param key its credential, or null
 * @param headers further request headers; values may be secrets
 * @param options provider-specific settings
 */
public record Endpoint(
    Provider provider,
    @Nullable URI url,
    String model,
    @Nullable SecretRef key,
    Map<String, SecretRef> headers,
    Map<String, String> options) {
  public Endpoint {
    headers = Map.copyOf(headers);
    options = Map.copyOf(options);
  }
}
