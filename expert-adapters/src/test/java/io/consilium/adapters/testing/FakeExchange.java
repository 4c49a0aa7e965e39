package io.consilium.adapters.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.consilium.expert.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/** One request to a {@link FakeUpstream} and the means to answer it. */
public final class FakeExchange {
  private final RequestReader.Request request;
  private final Socket socket;
  private final OutputStream out;
  private final CountDownLatch served = new CountDownLatch(1);
  private final CountDownLatch hungUp = new CountDownLatch(1);
  private volatile long hungUpAt;

  FakeExchange(RequestReader.Request request, Socket socket) throws IOException {
    this.request = request;
    this.socket = socket;
    this.out = socket.getOutputStream();
  }

  public String path() {
    return request.path();
  }

  /** A request header, or the empty string. */
  public String header(String name) {
    return request.headers().getOrDefault(name, "");
  }

  /** The body as it came over the wire. */
  public byte[] bytes() {
    return request.body().clone();
  }

  /** The body, parsed. */
  public ObjectNode body() {
    return Json.object(request.body(), "the request");
  }

  /** The model asked for; empty when the request has no body. */
  public String model() {
    return request.body().length == 0 ? "" : body().path("model").asString("");
  }

  public boolean streamed() {
    return body().path("stream").asBoolean(false);
  }

  /** Answers with a JSON body. */
  public void json(int status, String body) throws IOException {
    answer(status, Map.of("Content-Type", "application/json"), body.getBytes(UTF_8));
  }

  /** Answers with any body. */
  public void answer(int status, Map<String, String> headers, byte[] body) throws IOException {
    write(head(status, headers) + "Content-Length: " + body.length + "\r\n\r\n");
    out.write(body);
    out.flush();
  }

  /** Opens a chunked event stream. */
  public void open() throws IOException {
    write(
        head(200, Map.of("Content-Type", "text/event-stream; charset=utf-8"))
            + "Transfer-Encoding: chunked\r\n\r\n");
  }

  /** Sends raw bytes as one chunk of an open stream. */
  public void chunk(String text) throws IOException {
    var bytes = text.getBytes(UTF_8);
    write(Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n");
  }

  /** Sends one event. */
  public void event(String data) throws IOException {
    chunk("data: " + data + "\n\n");
  }

  /** Ends an open stream as OpenAI does. */
  public void done() throws IOException {
    event("[DONE]");
    end();
  }

  /** Ends an open stream without {@code [DONE]}. */
  public void end() throws IOException {
    write("0\r\n\r\n");
  }

  /** Writes bytes that need not be HTTP. */
  public void write(String raw) throws IOException {
    out.write(raw.getBytes(UTF_8));
    out.flush();
  }

  private static String head(int status, Map<String, String> headers) {
    var head = new StringBuilder("HTTP/1.1 " + status + " As Scripted\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return head.toString();
  }

  /** Closes the connection. */
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Says nothing until the caller hangs up. */
  public void hang() throws InterruptedException {
    hungUp.await();
  }

  /** Waits until the caller has closed the connection; false when it has not within the time. */
  public boolean awaitHangUp(Duration time) throws InterruptedException {
    return hungUp.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** When the caller's closing was seen, as {@link System#nanoTime}. */
  public long hungUpAt() {
    return hungUpAt;
  }

  void hungUp() {
    hungUpAt = System.nanoTime();
    hungUp.countDown();
  }

  void served() {
    served.countDown();
  }

  void awaitServed() {
    try {
      served.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
