package io.consilium.orchestrator.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ClientWatchTest {
  @TempDir Path base;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ClientWatch watch = new ClientWatch(meters);
  private final Tomcat tomcat = new Tomcat();
  private final Pages pages = new Pages();

  /** What a test may ask for. */
  private final class Pages extends HttpServlet {
    private final CountDownLatch open = new CountDownLatch(1);
    private final BlockingQueue<String> entered = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> interrupted = new LinkedBlockingQueue<>();
    private volatile ClientWatch.@Nullable Watch latest;
    private final AtomicInteger stray = new AtomicInteger();

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      if (Thread.currentThread().isInterrupted()) {
        stray.incrementAndGet();
      }
      request.getInputStream().readAllBytes();
      try (var client = watch.watch(request, Thread.currentThread())) {
        latest = client;
        entered.add(request.getRequestURI());
        switch (request.getRequestURI()) {
          case "/wait" -> waitFor(open);
          case "/stream" -> {
            response.getOutputStream().write("piece\n".getBytes(StandardCharsets.UTF_8));
            response.flushBuffer();
            waitFor(open);
          }
          case "/deaf" -> {
            for (int ignored = 0; ignored < 3; ignored++) {
              waitFor(open); // an interrupt swallowed on the way comes again
            }
          }
          default -> {}
        }
        response.setHeader("x-lost", String.valueOf(client.lost()));
      }
      if (Thread.currentThread().isInterrupted()) {
        stray.incrementAndGet();
      }
      response.getOutputStream().print("page " + request.getRequestURI());
    }

    boolean early() {
      var client = latest;
      return client != null && client.early();
    }

    private void waitFor(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted.add(System.nanoTime());
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    tomcat.setBaseDir(base.toString());
    var connector = new Connector(new WatchableHttp11Protocol());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.getProtocolHandler().setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    tomcat.setConnector(connector);
    var context = tomcat.addContext("", base.toString());
    Tomcat.addServlet(context, "pages", pages);
    context.addServletMappingDecoded("/*", "pages");
    tomcat.start();
  }

  @AfterEach
  void stop() throws Exception {
    pages.open.countDown();
    tomcat.stop();
    tomcat.destroy();
    watch.close();
    assertThat(pages.stray).as("interrupts outside a watch").hasValue(0);
  }

  @Test
  void aClientThatLeavesBeforeTheFirstByteInterruptsItsRequestWithin100Milliseconds()
      throws Exception {
    List<Duration> noticed = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      long left;
      try (var client = new Client()) {
        client.send("wait");
        pages.entered.take();
        left = System.nanoTime();
      }
      noticed.add(interruptedAfter(left));
    }
    await(() -> watched() == 0);
    assertThat(meters.get("consilium.clients.lost").counter().count()).isEqualTo(10);
    Collections.sort(noticed); // a busy machine may delay some
    assertThat(noticed.get(noticed.size() / 2)).isLessThan(Duration.ofMillis(100));
  }

  @Test
  void aClientThatLeavesMidStreamInterruptsItsRequest() throws Exception {
    long left;
    try (var client = new Client()) {
      client.send("stream");
      client.expect("piece");
      left = System.nanoTime();
    }
    assertThat(interruptedAfter(left)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aClientThatResetsItsConnectionInterruptsItsRequest() throws Exception {
    var client = new Client();
    client.send("wait");
    pages.entered.take();
    client.socket.setSoLinger(true, 0);
    long left = System.nanoTime();
    client.socket.close();
    assertThat(interruptedAfter(left)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aClientThatClosesItsSendingHalfCountsAsGone() throws Exception {
    try (var client = new Client()) {
      client.send("wait");
      pages.entered.take();
      client.socket.shutdownOutput();
      assertThat(pages.interrupted.poll(20, TimeUnit.SECONDS)).isNotNull();
      client.expect("x-lost: true");
    }
  }

  @Test
  void anInterruptThatIsSwallowedComesAgain() throws Exception {
    try (var client = new Client()) {
      client.send("deaf");
      pages.entered.take();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(pages.interrupted.poll(20, TimeUnit.SECONDS)).isNotNull();
    }
    await(() -> watched() == 0);
  }

  @Test
  void aRequestSentEarlyIsAnsweredInItsTurn() throws Exception {
    try (var client = new Client()) {
      client.send("wait");
      pages.entered.take();
      client.send("next");
      client.send("third");
      await(pages::early); // seen by the watch before the first request may end
      pages.open.countDown();
      client.expect("page /wait");
      client.expect("page /next");
      client.expect("page /third");
    }
    assertThat(pages.interrupted).isEmpty();
  }

  @Test
  void aConnectionThatIsKeptIsWatchedForEachRequest() throws Exception {
    try (var client = new Client()) {
      for (int i = 0; i < 20; i++) {
        client.send("page");
        client.expect("page /page");
        pages.entered.take();
      }
      client.send("wait");
      pages.entered.take();
    }
    assertThat(pages.interrupted.poll(20, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void athousandRequestsLeaveNoInterruptAndNoWatchBehind() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        threads.execute(() -> {
          for (int j = 0; j < 10; j++) {
            try (var client = new Client()) {
              for (int k = 0; k < 5; k++) {
                client.send("page");
                client.expect("page /page");
              }
              client.send(j % 2 == 0 ? "page" : "wait"); // and leaves
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        });
      }
    }
    await(() -> watched() == 0 && pages.entered.size() >= 1000);
    assertThat(pages.interrupted).hasSizeGreaterThanOrEqualTo(90);
  }

  @Test
  void closingEndsItsThread() {
    watch.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("client-watch"));
  }

  private double watched() {
    return meters.get("consilium.clients.watched").gauge().value();
  }

  private Duration interruptedAfter(long start) throws InterruptedException {
    @Nullable Long at = pages.interrupted.poll(20, TimeUnit.SECONDS);
    assertThat(at).as("interrupted").isNotNull();
    return Duration.ofNanos((at == null ? 0 : at) - start);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited 30 s in vain");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** A client on a plain socket. */
  private final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Client() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), tomcat.getConnector().getLocalPort());
      socket.setSoTimeout(20_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    void send(String page) throws IOException {
      var request = "GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(page);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    }

    /** Reads on until the text came. */
    void expect(String text) throws IOException {
      var seen = new StringBuilder();
      while (seen.indexOf(text) < 0) {
        int next = in.read();
        if (next < 0) {
          throw new AssertionError("the connection ended after: " + seen);
        }
        seen.append((char) next);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
