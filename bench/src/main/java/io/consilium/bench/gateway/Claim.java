package io.consilium.bench.gateway;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A promise about the service and the number that keeps or breaks it.
 *
 * @param text the promise
 * @param measured the number, empty when this run did not take it
 * @param atLeast whether {@code bound} is a floor; else it is a ceiling
 * @param bound what was promised
 * @param unit of both numbers, or empty
 */
record Claim(String text, OptionalDouble measured, boolean atLeast, double bound, String unit) {

  /** Whether the promise was kept, broken, or not looked at. */
  enum Verdict {
    PASS,
    MISS,
    NOT_MEASURED
  }

  Verdict verdict() {
    if (measured.isEmpty()) {
      return Verdict.NOT_MEASURED;
    }
    double value = measured.getAsDouble();
    return (atLeast ? value >= bound : value <= bound) ? Verdict.PASS : Verdict.MISS;
  }

  /** The promises of the gateway, judged by one run. */
  static List<Claim> of(Measures m, int streams) {
    OptionalDouble rps = m.find(Target.OURS, "instant-pinned", "rps");
    return List.of(
        floor(
            "throughput on one core, pinned expert: ours / Portkey",
            Measures.ratio(rps, m.find(Target.PORTKEY, "instant-pinned", "rps")),
            3,
            "x"),
        floor(
            "throughput on one core, pinned expert: ours / thin Spring MVC",
            Measures.ratio(rps, m.find(Target.THIN, "instant-pinned", "rps")),
            0.7,
            "x"),
        ceiling(
            "added p99 at concurrency 1, pinned expert",
            m.find(Target.OURS, "instant-pinned", "added_p99_ms"),
            2,
            "ms"),
        floor(
            "throughput of the first minute / steady state",
            Measures.ratio(m.find(Target.OURS, "first-minute", "rps"), rps),
            0.6,
            ""),
        ceiling(
            "added p50 at concurrency 1, consilium/auto, unseen 12-token prompts",
            m.find(Target.OURS, "instant-auto", "added_p50_ms"),
            5,
            "ms"),
        floor(
            "routed requests per second on one core, consilium/auto",
            m.find(Target.OURS, "instant-auto", "rps"),
            300,
            "/s"),
        ceiling(
            "rise of the p99 of pinned requests under a burst of 512-token prompts, two cores",
            m.find(Target.OURS, "burst", "p99_rise_ms"),
            10,
            "ms"),
        floor(
            "concurrent slow streams that came through whole",
            m.find(Target.OURS, "streams-held", "whole_streams"),
            streams,
            ""),
        ceiling(
            "content frames lost on them",
            m.find(Target.OURS, "streams-held", "frames_lost"),
            0,
            ""));
  }

  private static Claim floor(String text, OptionalDouble measured, double bound, String unit) {
    return new Claim(text, measured, true, bound, unit);
  }

  private static Claim ceiling(String text, OptionalDouble measured, double bound, String unit) {
    return new Claim(text, measured, false, bound, unit);
  }
}
