package io.consilium.orchestrator.wiring;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Spelling;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says why the service does not start in words for an operator, without a stack trace. */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class StartFailures implements FailureAnalyzer {
  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ExpertException ours) {
        return new FailureAnalysis(ours.message(), null, failure);
      }
      if (cause instanceof UnboundConfigurationPropertiesException unbound) {
        return new FailureAnalysis(unknown(unbound), null, failure);
      }
    }
    return null;
  }

  private static String unknown(UnboundConfigurationPropertiesException unbound) {
    var known = SettingKeys.of(ConsiliumSettings.class, "consilium");
    return unbound.getUnboundProperties().stream()
        .map(property ->
            "there is no setting '%s'%s; did you mean %s? All are in application.yml"
                .formatted(
                    property.getName(),
                    property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")",
                    quoted(Spelling.nearest(property.getName().toString(), known, 2))))
        .collect(Collectors.joining("\n"));
  }

  private static String quoted(List<String> names) {
    return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(" or "));
  }
}
