package io.consilium.orchestrator;

import io.consilium.orchestrator.wiring.ServiceWiring;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.SslHealthContributorAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.ssl.SslMetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.HttpEncodingAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcObservationAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The service. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
    exclude = {
      // none of it is used, and each costs time at the start or on every request
      AopAutoConfiguration.class,
      ErrorMvcAutoConfiguration.class,
      HttpEncodingAutoConfiguration.class,
      MultipartAutoConfiguration.class,
      ScheduledTasksObservationAutoConfiguration.class,
      SslHealthContributorAutoConfiguration.class,
      SslMetricsAutoConfiguration.class,
      TaskSchedulingAutoConfiguration.class,
      WebMvcObservationAutoConfiguration.class
    })
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
