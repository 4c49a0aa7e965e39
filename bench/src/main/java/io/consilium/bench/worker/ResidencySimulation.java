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
  private static final double BETWEEN = 18;
  private static final int SHIFT = 2_500;
  private static final int OVERTAKING = 8;

  /** How adapters are kept in memory, and who is served next. */
  enum Keeping {
    RANDOM("any one is dropped", false, 0),
    LRU("the one unused for longest is dropped", false, 0),
    LRU_GROUPED("the same, and those who wait for one adapter are served together", true, 0),
    PINNED("the same, and the half most asked for lately is never dropped", true, SLOTS / 2);

    final String words;
    final boolean grouped;
    final int pinned;

    Keeping(String words, boolean grouped, int pinned) {
      this.words = words;
      this.grouped = grouped;
      this.pinned = pinned;
    }
  }

  /** What came of it: share found in memory, reads, and waiting with service in milliseconds. */
  record Outcome(double hits, int reads, double p50, double p99) {}

  private record Request(int adapter, double at) {}

  private ResidencySimulation() {}

  static Outcome run(Keeping keeping, long seed) {
    var arrivals = arrivals(seed);
    var random = new Random(seed + 1);
    var resident = new LinkedHashMap<Integer, Boolean>(64, 0.75f, true);
    var asked = new double[ADAPTERS];
    var waiting = new ArrayDeque<Request>();
    var times = new double[REQUESTS];
    int next = 0;
    int done = 0;
    int hits = 0;
    int last = -1;
    int overtaken = 0;
    double now = 0;
    while (done < REQUESTS) {
      while (next < REQUESTS && arrivals.get(next).at <= now) {
        waiting.add(arrivals.get(next++));
      }
      if (waiting.isEmpty()) {
        now = arrivals.get(next).at;
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
        now += READ;
      }
      now += TEXT;
      times[done++] = now - chosen.at;
    }
    Arrays.sort(times);
    return new Outcome(
        (double) hits / REQUESTS, REQUESTS - hits, times[REQUESTS / 2], times[REQUESTS * 99 / 100]);
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
  private static List<Request> arrivals(long seed) {
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
      at -= BETWEEN * Math.log(1 - random.nextDouble());
      arrivals.add(new Request((rank + i / SHIFT * 7) % ADAPTERS, at));
    }
    return arrivals;
  }
}
