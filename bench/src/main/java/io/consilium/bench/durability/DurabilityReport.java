package io.consilium.bench.durability;

import io.consilium.expert.Json;
import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Writes what was found as a markdown page and as JSON lines. */
final class DurabilityReport {
  /** {@code consilium.journal.limit} by default. */
  private static final double LIMIT = 1L << 30;

  private static final double BOUND = 2_000;

  /** What the journal puts around a decision. */
  private static final int FRAME = 31;

  private DurabilityReport() {}

  /** The page, from the parts by name: {@code kills}, {@code outage}, {@code throughput}. */
  static String markdown(LocalDate date, Map<String, JsonNode> parts) {
    var kills = part(parts, "kills");
    var outage = part(parts, "outage");
    var rate = part(parts, "throughput");
    double waiting = number(outage, "bytes") / Math.max(1, number(outage, "waiting"));
    var page = new StringBuilder();
    page.append(
        String.format(
            Locale.ROOT,
            """
            # Durability bench

            Generated on %s by `./consilium bench durability`; do not edit. The service, PostgreSQL with its own
            defaults (every commit on the disk), the model that is asked and the callers share this machine:
            %d cores, Linux %s, Java %s; load average %.1f at the end, this bench included.

            | promise | measured | bound | verdict |
            | --- | --: | --: | --- |
            """,
            date,
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.version"),
            Runtime.version().feature(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    row(
        page,
        "acknowledged decisions lost by kills",
        number(kills, "lost"),
        "0",
        number(kills, "lost") == 0);
    row(
        page,
        "decisions stored twice",
        number(kills, "twice") + number(outage, "twice"),
        "0",
        number(kills, "twice") + number(outage, "twice") == 0);
    row(
        page,
        "acknowledged decisions lost by the outage",
        number(outage, "lost"),
        "0",
        number(outage, "lost") == 0);
    row(
        page,
        "questions not answered during the outage",
        number(outage, "failures"),
        "0",
        number(outage, "failures") == 0);
    row(
        page,
        "decisions a second, sustained",
        number(rate, "stored_per_second"),
        "≥ 2,000",
        number(rate, "stored_per_second") >= BOUND);
    page.append(
        String.format(
            Locale.ROOT,
            """

            ## Kills

            %.0f times `kill -9` of the service, of PostgreSQL, or of both, in turn, at moments drawn from seed %.0f,
            while four callers ask without a pause; then every id that a caller was told of is looked up.

            | kills | acknowledged | lost | twice | stored besides (killed before the answer arrived) | files set aside | refused while up | seconds |
            | --: | --: | --: | --: | --: | --: | --: | --: |
            | %.0f | %,.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |

            ## Outage

            PostgreSQL is killed and stays away for %.0f s while %.0f questions a second come, half of them routed.

            | | asked | not answered | p50 before | p50 during | p99 before | p99 during | bytes waiting per decision | drained after |
            | --- | --: | --: | --: | --: | --: | --: | --: | --: |
            | | %,.0f | %.0f | %.1f ms | %.1f ms | %.1f ms | %.1f ms | %,.0f | %.1f s |

            The default bound of the journal (`consilium.journal.limit`, 1 GB) holds an hour of so many decisions a second:

            | decision | bytes | an hour fits up to |
            | --- | --: | --: |
            | as in this outage | %,.0f | %.0f /s |
            | expert named by the caller | %,.0f | %.0f /s |
            | routed over %s | %,.0f | %.0f /s |

            ## Throughput

            Two threads record decisions of the outage under new ids as fast as the journal takes them, while it
            drains into PostgreSQL; at most 32 MB may wait, so what is recorded is what PostgreSQL keeps up with.

            | seconds | recorded a second | stored a second | bytes per decision | recorded in all | stored in all |
            | --: | --: | --: | --: | --: | --: |
            | %.0f | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f |
            """,
            number(kills, "kills"),
            number(kills, "seed"),
            number(kills, "kills"),
            number(kills, "acknowledged"),
            number(kills, "lost"),
            number(kills, "twice"),
            number(kills, "stored") - number(kills, "acknowledged") + number(kills, "lost"),
            number(kills, "set_aside"),
            number(kills, "refused"),
            number(kills, "seconds"),
            number(outage, "seconds"),
            number(outage, "per_second"),
            number(outage, "asked"),
            number(outage, "failures"),
            number(outage, "before_p50_ms"),
            number(outage, "during_p50_ms"),
            number(outage, "before_p99_ms"),
            number(outage, "during_p99_ms"),
            waiting,
            number(outage, "drained_ms") / 1_000,
            waiting,
            hourly(waiting),
            number(outage, "pinned_bytes") + FRAME,
            hourly(number(outage, "pinned_bytes") + FRAME),
            "the bundled experts",
            number(outage, "routed_bytes") + FRAME,
            hourly(number(outage, "routed_bytes") + FRAME),
            number(rate, "seconds"),
            number(rate, "recorded_per_second"),
            number(rate, "stored_per_second"),
            number(rate, "decision_bytes"),
            number(rate, "recorded"),
            number(rate, "stored")));
    return page.toString();
  }

  private static double hourly(double bytes) {
    return LIMIT / bytes / 3_600;
  }

  private static void row(
      StringBuilder page, String promise, double measured, String bound, boolean kept) {
    page.append(
        String.format(
            Locale.ROOT,
            "| %s | %,.0f | %s | %s |%n",
            promise,
            measured,
            bound,
            kept ? "pass" : "**miss**"));
  }

  private static JsonNode part(Map<String, JsonNode> parts, String name) {
    return parts.getOrDefault(name, MissingNode.getInstance());
  }

  private static double number(JsonNode part, String field) {
    return part.path(field).asDouble(Double.NaN);
  }

  /** One JSON line per measure. */
  static List<String> json(List<JsonNode> parts) {
    List<String> lines = new ArrayList<>();
    for (var part : parts) {
      for (var field : part.properties()) {
        if (field.getValue().isNumber()) {
          lines.add(
              Json.object()
                  .put("bench", "durability")
                  .put("part", part.path("part").asString(""))
                  .put("metric", field.getKey())
                  .put("value", field.getValue().asDouble(0))
                  .toString());
        }
      }
    }
    return lines;
  }
}
