package io.consilium.orchestrator.wiring;

import io.consilium.expert.jdbc.DurableTasks;
import io.consilium.orchestrator.batch.BatchRunner;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/** Begins the work in the background once the service is ready, and ends it before all else. */
final class Background implements ApplicationListener<ApplicationReadyEvent>, AutoCloseable {
  private final DurableTasks tasks;
  private final BatchRunner runner;

  Background(DurableTasks tasks, BatchRunner runner) {
    this.tasks = tasks;
    this.runner = runner;
  }

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    tasks.start();
  }

  @Override
  public void close() {
    runner.close();
    tasks.close();
  }
}
