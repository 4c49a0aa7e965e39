package io.consilium.bench.gateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HttpReplyTest {
  private static final String CHUNKED =
      """
      HTTP/1.1 200 OK\r
      Transfer-Encoding: chunked\r
      \r
      5;note=x\r
      hello\r
      7\r
       world!\r
      0\r
      \r
      """;
  private static final String SIZED =
      "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\nConnection: close\r\n\r\ngone";

  private final StringBuilder body = new StringBuilder();
  private final HttpReply reply =
      new HttpReply((source, from, to) ->
          body.append(new String(source, from, to - from, StandardCharsets.UTF_8)));

  @Property(tries = 50)
  void chunkedBodyIsTheSameHoweverItIsCutUp(@ForAll @IntRange(min = 1, max = 20) int piece) {
    byte[] bytes = CHUNKED.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < bytes.length; i += piece) {
      reply.read(bytes, i, Math.min(bytes.length, i + piece));
    }

    assertThat(reply.done()).isTrue();
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.keepAlive()).isTrue();
    assertThat(body).hasToString("hello world!");
  }

  @Test
  void sizedBodyEndsAtItsLength() {
    byte[] bytes = (SIZED + "HTTP/1.1").getBytes(StandardCharsets.US_ASCII);

    int end = reply.read(bytes, 0, bytes.length);

    assertThat(end).isEqualTo(SIZED.length());
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.keepAlive()).isFalse();
    assertThat(body).hasToString("gone");
  }

  @Test
  void bodyWithoutLengthEndsWithTheConnection() {
    byte[] bytes = "HTTP/1.1 200 OK\r\n\r\nabc".getBytes(StandardCharsets.US_ASCII);
    reply.read(bytes, 0, bytes.length);
    assertThat(reply.done()).isFalse();

    reply.closed();

    assertThat(reply.done()).isTrue();
    assertThat(body).hasToString("abc");
  }

  @Test
  void framesOutOfOrderAreNotComplete() {
    FrameCounter counter = new FrameCounter();
    feed(counter, "data: {\"content\":\"t0 \"}\n\ndata: {\"content\":\"t2 \"}\n\ndata: [DONE]\n\n");

    assertThat(counter.inOrder()).isEqualTo(1);
    assertThat(counter.complete(1)).isFalse();
  }

  @Test
  void framesInOrderWithTheEndMarkAreComplete() {
    FrameCounter counter = new FrameCounter();
    feed(counter, "data: {\"role\":\"assistant\"}\n\ndata:{\"content\":\"t0 \"}\n\n");
    feed(counter, "data: {\"conte");
    feed(counter, "nt\":\"t1 \"}\r\n\r\n");
    assertThat(counter.complete(2)).isFalse();

    feed(counter, "data: [DONE]\n");

    assertThat(counter.complete(2)).isTrue();
  }

  private static void feed(FrameCounter counter, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    counter.bytes(bytes, 0, bytes.length);
  }
}
