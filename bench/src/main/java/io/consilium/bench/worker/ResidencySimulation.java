package io.consilium.bench.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Requests for 150 adapters, a few of them far more popular than the rest, at one lane that keeps
 * 16 in memory. Times are simulated: a text takes 10 ms, reading an adapter from disk 20 ms. The
 * same arrivals for every way of keeping.
 */
final class ResidencySimulation {
  static final int ADAPTERS = 150;
  static final int SLOTS = 16;
  static final int REQUESTS = 20_000;
  private static final double TEXT = 10;
  private static final double READ = 20;

  /**
   * Mean times between requests: one that keeps the lane busy, and one that leaves it idle half.
   */
  static final double[] BETWEEN = {18, 40};

  private static final double LOOKS = 10_000;
  private static final int FETCHED = 4;
  private static final int SHIFT = 2_500;
  private static final int OVERTAKING = 8;

  /** How adapters are kept in memory, and who is served next. */
  enum Keeping {
    RANDOM("any one is dropped", false, 0, false),
    LRU("the one unused for longest is dropped", false, 0, false),
    LRU_GROUPED("the same, and those who wait for one adapter are served together", true, 0, false),
    PREFETCHED(
        "the same, and every ten seconds absent ones asked for most lately are read",
        true,
        0,
        true),
    PINNED("grouped, and the half most asked for lately is never dropped", true, SLOTS / 2, false);

    final String words;
    final boolean grouped;
    final int pinned;
    final boolean prefetched;

    Keeping(String words, boolean grouped, int pinned, boolean prefetched) {
      this.words = words;
      this.grouped = grouped;
      this.pinned = pinned;
      this.prefetched = prefetched;
    }
  }

  /** What came of it: share found in memory, reads, and waiting with service in milliseconds. */
  record Outcome(double hits, int reads, double p50, double p99) {}

  private record Request(int adapter, double at) {}

  private ResidencySimulation() {}

  static Outcome run(Keeping keeping, double between, long seed) {
    var arrivals = arrivals(between, seed);
    var random = new Random(seed + 1);
    var resident = new LinkedHashMap<Integer, Boolean>(64, 0.75f, true);
    var asked = new double[ADAPTERS];
    var waiting = new ArrayDeque<Request>();
    var times = new double[REQUESTS];
    int next = 0;
    int done = 0;
    int hits = 0;
    int reads = 0;
    int last = -1;
    int overtaken = 0;
    double now = 0;
    double look = LOOKS;
    while (done < REQUESTS) {
      while (next < REQUESTS && arrivals.get(next).at <= now) {
        waiting.add(arrivals.get(next++));
      }
      if (keeping.prefetched && now >= look) {
        look = now + LOOKS;
        for (int i = 0; i < FETCHED && prefetch(resident, asked); i++) {
          reads++;
          now += READ;
        }
      }
      if (waiting.isEmpty()) {
        now = Math.max(now, arrivals.get(next).at);
        continue;
      }
      var chosen = waiting.getFirst();
      if (keeping.grouped && overtaken < OVERTAKING) {
        int same = last;
        chosen = waiting.stream().filter(each -> each.adapter == same).findFirst().orElse(chosen);
      }
      overtaken = chosen.equals(waiting.getFirst()) ? 0 : overtaken + 1;
      waiting.remove(chosen);
      last = chosen.adapter;
      for (int i = 0; i < ADAPTERS; i++) {
        asked[i] *= 0.998;
      }
      asked[last]++;
      if (resident.get(last) != null) {
        hits++;
      } else {
        if (resident.size() >= SLOTS) {
          drop(resident, keeping, asked, random);
        }
        resident.put(last, true);
        reads++;
        now += READ;
      }
      now += TEXT;
      times[done++] = now - chosen.at;
    }
    Arrays.sort(times);
    return new Outcome(
        (double) hits / REQUESTS, reads, times[REQUESTS / 2], times[REQUESTS * 99 / 100]);
  }

  /** Reads the most wanted outside if it is wanted more than the least wanted in memory. */
  private static boolean prefetch(Map<Integer, Boolean> resident, double[] asked) {
    int least = -1;
    int most = -1;
    for (int i = 0; i < ADAPTERS; i++) {
      if (resident.containsKey(i)) {
        least = least < 0 || asked[i] < asked[least] ? i : least;
      } else {
        most = most < 0 || asked[i] > asked[most] ? i : most;
      }
    }
    if (most < 0 || asked[most] < 0.5 || (least >= 0 && asked[most] <= asked[least])) {
      return false;
    }
    if (resident.size() >= SLOTS) {
      resident.remove(resident.keySet().iterator().next());
    }
    resident.put(most, true);
    return true;
  }

  private static void drop(
      Map<Integer, Boolean> resident, Keeping keeping, double[] asked, Random random) {
    var oldestFirst = new ArrayList<>(resident.keySet());
    if (keeping == Keeping.RANDOM) {
      resident.remove(oldestFirst.get(random.nextInt(oldestFirst.size())));
      return;
    }
    var popular =
        oldestFirst.stream()
            .sorted((a, b) -> Double.compare(asked[b], asked[a]))
            .limit(keeping.pinned)
            .toList();
    oldestFirst.stream()
        .filter(adapter -> !popular.contains(adapter))
        .findFirst()
        .ifPresent(resident::remove);
  }

  /** Zipf's law over adapters, whose order moves on now and then. */
  private static List<Request> arrivals(double between, long seed) {
    var random = new Random(seed);
    var shares = new double[ADAPTERS];
    double sum = 0;
    for (int i = 0; i < ADAPTERS; i++) {
      shares[i] = 1.0 / (i + 1);
      sum += shares[i];
    }
    List<Request> arrivals = new ArrayList<>();
    double at = 0;
    for (int i = 0; i < REQUESTS; i++) {
      double left = random.nextDouble() * sum;
      int rank = 0;
      while (rank < ADAPTERS - 1 && left >= shares[rank]) {
        left -= shares[rank++];
      }
      at -= between * Math.log(1 - random.nextDouble());
      arrivals.add(new Request((rank + i / SHIFT * 7) % ADAPTERS, at));
    }
    return arrivals;
  }
}
