package io.consilium.adapters.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TextQueueTest {
  private static final String SHORT = "a short prompt";
  private static final String LONG = "long ".repeat(400);

  private final AtomicLong now = new AtomicLong();
  private final TextQueue queue = new TextQueue(40, now::get);

  private void offer(String text, boolean bulk) {
    assertThat(queue.offer(text, bulk)).as("there is room").isPresent();
  }

  private void passes(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private String take() throws InterruptedException {
    return queue.take().orElseThrow().text();
  }

  @Test
  void textsOfALaneComeInTheirOrder() throws InterruptedException {
    offer("one", false);
    offer("two", false);
    offer("three", false);

    assertThat(take()).isEqualTo("one");
    assertThat(take()).isEqualTo("two");
    assertThat(take()).isEqualTo("three");
  }

  @Test
  void aShortPromptOvertakesLongOnes() throws InterruptedException {
    offer(LONG, false);
    offer(LONG, false);
    passes(100);
    offer(SHORT, false);

    assertThat(take()).isEqualTo(SHORT);
    assertThat(take()).isEqualTo(LONG);
  }

  @Test
  void aLongPromptThatHasWaitedItsTimeComesBeforeAFreshShortOne() throws InterruptedException {
    offer(LONG, false);
    passes(251);
    offer(SHORT, false);

    assertThat(take()).isEqualTo(LONG);
    assertThat(take()).isEqualTo(SHORT);
  }

  @Test
  void bulkGoesLastHoweverShortButNotForEver() throws InterruptedException {
    offer("of a whole folder", true);
    passes(100);
    offer(LONG, false);
    assertThat(take()).isEqualTo(LONG);

    passes(300);
    offer(LONG, false);
    assertThat(take()).isEqualTo("of a whole folder");
  }

  @Test
  void whatItsCallerGaveUpIsNotComputedAndMakesRoom() throws InterruptedException {
    var small = new TextQueue(2, now::get);
    var given = small.offer("given up", false).orElseThrow();
    small.offer("kept", false);
    assertThat(small.offer("too much", false)).isEmpty();
    given.cancel(false);

    assertThat(small.take().orElseThrow().text()).isEqualTo("kept");
    assertThat(small.offer("one", false)).isPresent();
    assertThat(small.offer("two", false)).isPresent();
    assertThat(small.offer("three", false)).isEmpty();
  }

  @Test
  void takingWaitsForAText() throws Exception {
    var taken = new FutureTask<>(this::take);
    var taker = Thread.startVirtualThread(taken);
    awaitBlocked(taker);

    offer("at last", false);

    assertThat(taken.get(10, TimeUnit.SECONDS)).isEqualTo("at last");
  }

  @Test
  void closingEndsTheWaitHandsBackWhatIsLeftAndTakesNoMore() throws Exception {
    offer(SHORT, false);
    offer(LONG, true);

    assertThat(queue.close())
        .extracting(TextQueue.Waiting::text)
        .containsExactlyInAnyOrder(SHORT, LONG);
    assertThat(queue.offer("late", false)).isEmpty();
    assertThat(queue.take()).isEmpty();

    var other = new TextQueue(1, now::get);
    var taken = new FutureTask<>(other::take);
    var taker = Thread.startVirtualThread(taken);
    awaitBlocked(taker);
    other.close();
    assertThat(taken.get(10, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void thePromiseIsTheOneTheCallerHolds() throws InterruptedException {
    CompletableFuture<float[]> promised = queue.offer(SHORT, false).orElseThrow();

    queue.take().orElseThrow().vector().complete(new float[] {1});

    assertThat(promised).isCompletedWithValueMatching(vector -> vector.length == 1);
  }

  private static void awaitBlocked(Thread thread) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(System.nanoTime()).as("it waits").isLessThan(end);
      LockSupport.parkNanos(500_000);
    }
  }
}
