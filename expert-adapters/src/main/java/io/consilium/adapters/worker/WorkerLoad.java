package io.consilium.adapters.worker;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How busy a worker is, whatever its engine calls it.
 *
 * @param running texts being generated
 * @param waiting texts that wait
 * @param cacheUse share of the key-value cache in use, 0 to 1; 0 when the engine does not say
 */
public record WorkerLoad(double running, double waiting, double cacheUse) {
  /** From a Prometheus text; the newest and the older names of each engine are known. */
  static WorkerLoad of(String metrics) {
    Map<String, Double> sums = new TreeMap<>();
    for (var line : metrics.split("\n")) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int end = line.lastIndexOf(' ');
      int brace = line.indexOf('{');
      if (end <= 0) {
        continue;
      }
      var name = line.substring(0, brace < 0 ? end : brace).strip().toLowerCase(Locale.ROOT);
      try {
        sums.merge(name, Double.parseDouble(line.substring(end + 1).strip()), Double::sum);
      } catch (NumberFormatException e) {
        // a line we have no use for
      }
    }
    return new WorkerLoad(
        first(
            sums,
            "vllm:num_requests_running",
            "sglang:num_running_reqs",
            "llamacpp:requests_processing"),
        first(
            sums,
            "vllm:num_requests_waiting",
            "sglang:num_queue_reqs",
            "llamacpp:requests_deferred"),
        first(sums, "vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "sglang:token_usage"));
  }

  private static double first(Map<String, Double> values, String... names) {
    for (var name : names) {
      var value = values.get(name);
      if (value != null) {
        return value;
      }
    }
    return 0;
  }
}
