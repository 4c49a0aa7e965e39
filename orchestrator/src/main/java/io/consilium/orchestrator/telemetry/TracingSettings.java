package io.consilium.orchestrator.telemetry;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where traces go.
 *
 * @param endpoint the collector's OTLP over HTTP address, such as {@code http://localhost:4318};
 *     null for no traces
 * @param headers sent with every batch, such as a collector's key
 * @param share of the requests traced whose caller does not decide it, 0 to 1
 */
public record TracingSettings(
    @Nullable URI endpoint,
    @DefaultValue Map<String, String> headers,
    @DefaultValue("1.0") double share) {
  /** No traces. */
  public static final TracingSettings OFF = new TracingSettings(null, Map.of(), 1.0);

  public TracingSettings {
    headers = Map.copyOf(headers);
    if (!(share >= 0 && share <= 1)) {
      throw configuration("share must be between 0 and 1");
    }
    if (endpoint != null
        && !("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))) {
      throw configuration(
          "endpoint must be an http or https address such as http://localhost:4318, not "
              + endpoint);
    }
  }

  private static ExpertException configuration(String message) {
    return new ExpertException(FailureKind.CONFIGURATION, "consilium.tracing." + message);
  }
}
