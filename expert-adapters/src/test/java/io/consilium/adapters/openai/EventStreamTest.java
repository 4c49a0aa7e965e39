package io.consilium.adapters.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EventStreamTest {
  private static List<String> events(InputStream in) throws IOException {
    var stream = new EventStream(in, 1 << 20);
    List<String> events = new ArrayList<>();
    for (var data = stream.next(); data != null; data = stream.next()) {
      events.add(new String(data, UTF_8));
    }
    return events;
  }

  private static List<String> events(String text) throws IOException {
    return events(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  @Test
  void eachDataLineIsAnEvent() throws IOException {
    assertThat(events("data: one\n\ndata: two\n\n")).containsExactly("one", "two");
  }

  @Test
  void oneSpaceAfterTheColonIsOptionalAndOnlyOneIsTaken() throws IOException {
    assertThat(events("data:one\n\ndata:  two\n\n")).containsExactly("one", " two");
  }

  @Test
  void linesMayEndInAnyWay() throws IOException {
    assertThat(events("data: a\r\n\r\ndata: b\r\rdata: c\n\ndata: d\r\n\ndata: e\n\r\n"))
        .containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void commentsAndOtherFieldsAreSkipped() throws IOException {
    assertThat(
            events(
                ": keep-alive\n\n:\n\nid: 7\nevent: message\nretry: 10\ndata: a\n\ndatabase: x\n\nevent: ping\n\n"))
        .containsExactly("a");
  }

  @Test
  void severalDataLinesAreJoinedByLineFeeds() throws IOException {
    assertThat(events("data: {\ndata:  \"a\": 1\ndata\ndata: }\n\n"))
        .containsExactly("{\n \"a\": 1\n\n}");
  }

  @Test
  void anEventWithEmptyDataCounts() throws IOException {
    assertThat(events("data:\n\n")).containsExactly("");
  }

  @Test
  void aByteOrderMarkIsSkippedAtTheBeginningOnly() throws IOException {
    assertThat(events("\uFEFFdata: a\n\ndata: \uFEFFb\n\n")).containsExactly("a", "\uFEFFb");
  }

  @Test
  void aLastEventWithoutItsEmptyLineCounts() throws IOException {
    assertThat(events("data: a\n\ndata: [DONE]")).containsExactly("a", "[DONE]");
    assertThat(events("data: a\n\ndata: [DONE]\n")).containsExactly("a", "[DONE]");
    assertThat(events("")).isEmpty();
  }

  @Test
  void chunksMayEndAnywhere() throws IOException {
    var text = new StringBuilder("\uFEFF");
    List<String> expected = new ArrayList<>();
    var random = new Random(7);
    for (int i = 0; i < 300; i++) {
      var word = "größe-" + i + "x".repeat(random.nextInt(i % 10 == 0 ? 20_000 : 50));
      var end = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
      text.append(random.nextBoolean() ? ": ping" + end + end : "");
      text.append("data: ").append(word).append(end);
      if (random.nextInt(4) == 0) {
        text.append("data: more").append(end);
        word += "\nmore";
      }
      text.append(end);
      expected.add(word);
    }
    var bytes = text.toString().getBytes(UTF_8);
    for (int seed = 0; seed < 200; seed++) {
      assertThat(events(new Dribble(bytes, seed))).as("seed %d", seed).isEqualTo(expected);
    }
  }

  /** Hands out a few bytes at a time. */
  private static final class Dribble extends InputStream {
    private final byte[] bytes;
    private final Random random;
    private final int most;
    private int at;

    Dribble(byte[] bytes, long seed) {
      this.bytes = bytes;
      this.random = new Random(seed);
      this.most = seed % 2 == 0 ? 3 : 9_000;
    }

    @Override
    public int read() {
      throw new AssertionError("byte by byte is slow");
    }

    @Override
    public int read(byte[] into, int from, int length) {
      if (at == bytes.length) {
        return -1;
      }
      int count = Math.min(Math.min(length, bytes.length - at), 1 + random.nextInt(most));
      System.arraycopy(bytes, at, into, from, count);
      at += count;
      return count;
    }
  }

  @Test
  void anEventLargerThanTheLimitIsRefused() {
    var line = "data: " + "x".repeat(100_000);
    for (var text : List.of(line, "data: x\n".repeat(100_000))) {
      var stream = new EventStream(new ByteArrayInputStream(text.getBytes(UTF_8)), 50_000);
      assertThatThrownBy(stream::next)
          .isInstanceOfSatisfying(
              ExpertException.class,
              e -> assertThat(e.kind()).isEqualTo(FailureKind.UPSTREAM_INVALID))
          .hasMessageContaining("50,000 bytes");
    }
  }

  @Test
  void theDataIsACopy() throws IOException {
    var stream =
        new EventStream(new ByteArrayInputStream("data: a\n\ndata: b\n\n".getBytes(UTF_8)), 100);
    var first = stream.next();
    var second = stream.next();
    assertThat(first).isNotNull();
    assertThat(second).isNotNull();
    assertThat(Arrays.equals(first, second)).isFalse();
  }
}
