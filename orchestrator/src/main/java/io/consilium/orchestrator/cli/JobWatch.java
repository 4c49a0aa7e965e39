package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.PrintWriter;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Waits for a job of the service and shows how far it is. */
final class JobWatch {
  private static final long LOOKS_MILLIS = 500;

  private JobWatch() {}

  /**
   * What came of a job that was taken.
   *
   * @throws ExpertException when it failed, was cancelled or interrupted
   */
  static JsonNode await(Client client, JsonNode taken, PrintWriter out) {
    var id = taken.path("id").asString("");
    var job = taken;
    var said = "";
    while (true) {
      var state = job.path("state").asString("");
      switch (state) {
        case "done" -> {
          return job.path("result");
        }
        case "failed", "cancelled", "interrupted" ->
            throw new ExpertException(
                FailureKind.INVALID_REQUEST,
                "%s: %s".formatted(state, job.path("failure").asString("no reason given")));
        default -> {
          var line =
              String.format(
                  Locale.ROOT,
                  "  %3.0f %%  %s",
                  100 * job.path("progress").asDouble(0),
                  job.path("doing").asString(""));
          if (!line.equals(said)) {
            out.println(line);
            out.flush();
            said = line;
          }
        }
      }
      pause();
      job = client.get("/v1/jobs/" + id);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOKS_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "interrupted; the job goes on", e);
    }
  }
}
