package io.consilium.orchestrator;

import io.consilium.orchestrator.wiring.ServiceWiring;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The service. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ServiceWiring.class)
public class OrchestratorApplication {
  /** Starts it; settings as in {@code application.yml}. */
  public static void main(String[] arguments) {
    application().run(arguments);
  }

  /** The application, not started. */
  public static SpringApplication application() {
    return new SpringApplication(OrchestratorApplication.class);
  }
}
