package io.consilium.orchestrator.api;

import io.consilium.expert.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether the process lives, and whether it takes questions. */
@RestController
public final class HealthController {
  private final ApplicationAvailability availability;

  public HealthController(ApplicationAvailability availability) {
    this.availability = availability;
  }

  @GetMapping("/healthz")
  public void alive(HttpServletResponse response) throws IOException {
    answer(availability.getLivenessState() == LivenessState.CORRECT, response);
  }

  @GetMapping("/readyz")
  public void ready(HttpServletResponse response) throws IOException {
    answer(availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC, response);
  }

  private static void answer(boolean good, HttpServletResponse response) throws IOException {
    Bodies.write(good ? 200 : 503, Json.object().put("status", good ? "up" : "down"), response);
  }
}
