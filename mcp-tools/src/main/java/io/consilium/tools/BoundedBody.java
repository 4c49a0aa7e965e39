package io.consilium.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.consilium.expert.Json;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * An answer over HTTP, passed on message by message: a JSON body is one, an event stream has one in
 * each event. In the place of one that is longer than the limit comes a refusal for the call it
 * belongs to ({@link CutMessage}); of its bytes no more than the limit are ever held.
 */
final class BoundedBody<T> implements BodySubscriber<T>, Flow.Subscription {
  private static final String DATA = "data:";

  private final BodySubscriber<T> delegate;
  private final int limit;
  private final boolean events;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private final byte[] tail = new byte[CutMessage.END_BYTES];
  private long dropped;
  private int before;
  private volatile boolean over;
  private Flow.@Nullable Subscription upstream;

  /**
   * A body on its way to {@code delegate}.
   *
   * @param limit the most bytes of a message
   * @param events whether it is a stream of server-sent events
   */
  BoundedBody(BodySubscriber<T> delegate, int limit, boolean events) {
    this.delegate = delegate;
    this.limit = limit;
    this.events = events;
  }

  @Override
  public CompletionStage<T> getBody() {
    return delegate.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    upstream = subscription;
    delegate.onSubscribe(this);
  }

  @Override
  public void request(long n) {
    if (upstream != null) {
      upstream.request(n);
    }
  }

  @Override
  public void cancel() {
    over = true;
    if (upstream != null) {
      upstream.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    List<ByteBuffer> whole = new ArrayList<>();
    for (var buffer : buffers) {
      while (buffer.hasRemaining() && !over) {
        take(buffer.get(), whole);
      }
    }
    if (over) {
      return;
    }
    if (whole.isEmpty()) {
      request(1); // what was asked for is still to come
    } else {
      delegate.onNext(whole);
    }
  }

  private void take(byte next, List<ByteBuffer> whole) {
    if (before + held.size() < limit || (events && held.size() < 2)) { // a blank line ends an event
      held.write(next);
    } else {
      tail[(int) (dropped++ % tail.length)] = next;
      if (!events && dropped == 1) {
        refuseEarly();
      }
    }
    if (events && next == '\n') {
      endOfLine(whole);
    }
  }

  /** Reads no further when the beginning says already whose answer this is. */
  private void refuseEarly() {
    var refusal = cut(0).refusalByBeginning();
    if (refusal.isPresent()) {
      cancel();
      delegate.onNext(List.of(line("", refusal.get())));
      delegate.onComplete();
    }
  }

  private void endOfLine(List<ByteBuffer> whole) {
    if (dropped == 0) {
      whole.add(ByteBuffer.wrap(held.toByteArray()));
      boolean blank = held.size() <= 2 && held.toString(UTF_8).isBlank();
      before = blank ? 0 : before + held.size();
    } else {
      cut(DATA.length()).refusal().ifPresent(refusal -> whole.add(line(DATA, refusal)));
    }
    held.reset();
    dropped = 0;
  }

  private CutMessage cut(int from) {
    var head = held.toByteArray();
    int until = Math.clamp(from + (long) CutMessage.END_BYTES, 0, head.length);
    int length = (int) Math.min(dropped, tail.length);
    var end = new byte[length];
    for (int i = 0; i < length; i++) {
      end[i] = tail[(int) ((dropped - length + i) % tail.length)];
    }
    return new CutMessage(
        new String(Arrays.copyOfRange(head, Math.min(from, until), until), UTF_8)
            + new String(end, UTF_8),
        limit);
  }

  private static ByteBuffer line(String prefix, JSONRPCResponse refusal) {
    return ByteBuffer.wrap(
        (prefix + Json.MAPPER.writeValueAsString(refusal) + "\n").getBytes(UTF_8));
  }

  @Override
  public void onError(Throwable thrown) {
    if (!over) {
      delegate.onError(thrown);
    }
  }

  @Override
  public void onComplete() {
    if (over) {
      return;
    }
    if (dropped > 0) {
      var cut = cut(events ? DATA.length() : 0);
      var refusal = cut.refusal();
      if (refusal.isEmpty()) {
        delegate.onError(new IOException(cut.words()));
        return;
      }
      delegate.onNext(List.of(line(events ? DATA : "", refusal.get())));
    } else if (held.size() > 0) {
      delegate.onNext(List.of(ByteBuffer.wrap(held.toByteArray())));
    }
    delegate.onComplete();
  }
}
