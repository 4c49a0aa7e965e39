package io.consilium.bench.gateway.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * Drives one {@link Load} with a single thread and a selector, so that generating load costs little
 * of the core it shares with the mock upstream. Loopback only.
 *
 * <p>Closed loop: a slow reply delays the next request of its connection, so percentiles describe
 * requests that were sent, not a fixed arrival rate.
 */
public final class LoadLoop {
  private static final int CONNECTING_AT_ONCE = 64;
  private static final int GIVE_UP_AFTER_ERRORS = 500;
  private static final long LATE_REPLIES_NANOS = 60_000_000_000L;

  private final Load load;
  private final Topics topics;
  private final Histogram latency = new Histogram(300_000_000_000L, 3);
  private final Histogram firstFrame = new Histogram(300_000_000_000L, 3);
  private final long[] perSecond;
  private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
  private final String prefix;

  private long started;
  private long ended;
  private long errors;
  private long frames;
  private long framesLost;
  private String firstError = "";
  private int connecting;
  private int opened;
  private int open;

  private LoadLoop(Load load) {
    this.load = load;
    this.topics = new Topics(new Random(load.seed()));
    this.perSecond = new long[(int) Math.ceil(Math.max(1, load.seconds())) + 1];
    StringBuilder head = new StringBuilder("POST /v1/chat/completions HTTP/1.1\r\n");
    head.append("Host: 127.0.0.1:").append(load.port()).append("\r\n");
    head.append("Content-Type: application/json\r\nUser-Agent: consilium-bench\r\n");
    load.headers().forEach(line -> head.append(line).append("\r\n"));
    this.prefix = head.append("Content-Length: ").toString();
  }

  /** Runs the load to its end and returns what it measured. Blocks. */
  public static LoadResult run(Load load) throws IOException {
    return new LoadLoop(load).run();
  }

  private LoadResult run() throws IOException {
    try (Selector selector = Selector.open()) {
      started = System.nanoTime();
      ended = started;
      long stop =
          load.requestsEach() > 0 ? Long.MAX_VALUE : started + (long) (load.seconds() * 1e9);
      long giveUp = stop == Long.MAX_VALUE ? Long.MAX_VALUE : stop + LATE_REPLIES_NANOS;
      while (true) {
        connectMore(selector, stop);
        if (open == 0) {
          break;
        }
        selector.select(1_000);
        long now = System.nanoTime();
        if (now >= giveUp) {
          break;
        }
        for (SelectionKey key : selector.selectedKeys()) {
          serve(key, stop);
        }
        selector.selectedKeys().clear();
        if (errors > GIVE_UP_AFTER_ERRORS && latency.getTotalCount() == 0) {
          break;
        }
      }
      for (SelectionKey key : selector.keys()) {
        LoadConnection connection = (LoadConnection) key.attachment();
        if (connection.waiting()) {
          failed(connection, "no reply in time");
        }
        connection.close();
      }
    }
    return result();
  }

  private void connectMore(Selector selector, long stop) throws IOException {
    while (opened < load.connections()
        && connecting < CONNECTING_AT_ONCE
        && System.nanoTime() < stop) {
      LoadConnection.open(load.port(), selector);
      opened++;
      open++;
      connecting++;
    }
  }

  private void serve(SelectionKey key, long stop) {
    LoadConnection connection = (LoadConnection) key.attachment();
    try {
      if (key.isConnectable()) {
        connection.connected();
        connecting--;
        next(connection, stop);
        return;
      }
      if (key.isWritable()) {
        connection.write();
      }
      if (key.isReadable()) {
        read(connection, stop);
      }
    } catch (IOException | IllegalArgumentException broken) {
      if (!connection.everConnected()) {
        connecting--;
      }
      failed(connection, broken.toString());
      reopen(connection, stop);
    }
  }

  private void read(LoadConnection connection, long stop) throws IOException {
    buffer.clear();
    boolean alive = connection.read(buffer);
    if (connection.replied()) {
      long now = System.nanoTime();
      ended = now;
      String wrong = connection.wrong(load.frames());
      if (wrong.isEmpty()) {
        good(connection, now);
      } else {
        failed(connection, wrong);
      }
      if (connection.keepAlive() && alive) {
        next(connection, stop);
      } else {
        reopen(connection, stop);
      }
    } else if (!alive) {
      failed(connection, "connection closed in the middle of a reply");
      reopen(connection, stop);
    }
  }

  private void good(LoadConnection connection, long now) {
    latency.recordValue(Math.max(1, now - connection.sentAt()));
    if (load.streamed()) {
      firstFrame.recordValue(Math.max(1, connection.firstFrameAt() - connection.sentAt()));
      frames += load.frames();
    }
    int second = (int) ((now - started) / 1_000_000_000L);
    if (second < perSecond.length) {
      perSecond[second]++;
    }
  }

  private void failed(LoadConnection connection, String why) {
    errors++;
    if (firstError.isEmpty()) {
      firstError = why;
    }
    frames += connection.framesInOrder();
    framesLost += load.frames() - connection.framesInOrder();
    connection.forget();
  }

  private void next(LoadConnection connection, long stop) throws IOException {
    boolean more =
        load.requestsEach() > 0
            ? connection.requests() < load.requestsEach()
            : System.nanoTime() < stop;
    if (more) {
      connection.send(request());
    } else {
      connection.close();
      open--;
    }
  }

  private void reopen(LoadConnection connection, long stop) {
    connection.close();
    open--;
    if (load.requestsEach() == 0 && System.nanoTime() < stop) {
      opened--;
    }
  }

  private String request() {
    StringBuilder json = new StringBuilder(256);
    json.append("{\"model\":\"").append(load.model()).append('"');
    if (load.streamed()) {
      json.append(",\"stream\":true");
    }
    if (!load.members().isEmpty()) {
      json.append(',').append(load.members());
    }
    json.append(",\"messages\":[{\"role\":\"user\",\"content\":\"");
    json.append(topics.prompt(load.promptTokens())).append("\"}]}");
    return prefix + json.length() + "\r\n\r\n" + json;
  }

  private LoadResult result() {
    List<Long> seconds = new ArrayList<>();
    int whole = load.requestsEach() > 0 ? 0 : (int) load.seconds();
    for (int i = 0; i < Math.min(whole, perSecond.length); i++) {
      seconds.add(perSecond[i]);
    }
    return new LoadResult(
        latency.getTotalCount(),
        errors,
        (ended - started) / 1e9,
        millis(latency, 50),
        millis(latency, 90),
        millis(latency, 99),
        latency.getMaxValue() / 1e6,
        millis(firstFrame, 50),
        millis(firstFrame, 99),
        frames,
        framesLost,
        seconds,
        firstError);
  }

  private static double millis(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1e6;
  }
}
