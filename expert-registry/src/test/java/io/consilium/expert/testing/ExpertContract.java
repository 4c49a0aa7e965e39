package io.consilium.expert.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.consilium.expert.Answer;
import io.consilium.expert.Assembly;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.Service;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.wire.ChatWire;
import io.consilium.expert.wire.EmbeddingsWire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contract in {@link Expert}'s Javadoc as tests. A subclass hands out an expert and says what
 * it can do by what it overrides; for each ability left out, the mirror test asks for a clear
 * refusal.
 */
@Timeout(60)
public abstract class ExpertContract {
  private static final Duration PLENTY = Duration.ofSeconds(30);

  /** An expert that answers {@link #question} the same way every time. */
  protected abstract Expert expert();

  /** Whether answers of several pieces come piece by piece. */
  protected boolean streams() {
    return false;
  }

  /** An expert that does not answer by itself within the test; empty when this kind never waits. */
  protected Optional<Expert> waiting() {
    return Optional.empty();
  }

  /** An expert that answers by calling the tool {@code look_up}; empty when it calls no tools. */
  protected Optional<Expert> callingTools() {
    return Optional.empty();
  }

  /** Experts that fail, each in its own way. */
  protected List<Expert> failing() {
    return List.of();
  }

  /** A question the expert can answer. */
  protected Question question(boolean stream, Terms terms) {
    return expert().card().services().contains(Service.CHAT)
        ? chat(stream, false, terms)
        : embeddings(terms);
  }

  /** A chat question. */
  protected static Question chat(boolean stream, boolean tools, Terms terms) {
    var body = Json.object().put("model", "any").put("stream", stream);
    body.putArray("messages").addObject().put("role", "user").put("content", "What is 2 + 3?");
    if (tools) {
      var tool = body.putArray("tools").addObject().put("type", "function");
      tool.putObject("function")
          .put("name", "look_up")
          .putObject("parameters")
          .put("type", "object")
          .putObject("properties")
          .putObject("word")
          .put("type", "string");
    }
    return ChatWire.question(body, terms);
  }

  private static Question embeddings(Terms terms) {
    return EmbeddingsWire.question(
        Json.object().put("model", "any").put("input", "What is 2 + 3?"), terms);
  }

  private static Terms plenty() {
    return Terms.within(PLENTY, Instant.now());
  }

  private boolean chats() {
    return expert().card().services().contains(Service.CHAT);
  }

  private static void unused(Delta delta) {
    throw new AssertionError("not streamed, yet a piece came: " + delta);
  }

  @Test
  void itHasACardThatStaysTheSame() {
    var expert = expert();
    assertThat(expert.card()).isNotNull();
    assertThat(expert.card().id()).isNotBlank();
    assertThat(expert.card()).isEqualTo(expert.card());
  }

  @Test
  void anAnswerIsWholeAndOutIsUnusedWhenNotStreaming() {
    var answer = expert().answer(question(false, plenty()), ExpertContract::unused);
    assertThat(
            !answer.content().isEmpty()
                || !answer.toolCalls().isEmpty()
                || answer.refusal() != null
                || answer.raw() != null)
        .as("an answer says something: %s", answer)
        .isTrue();
    assertThat(answer.usage().input()).isNotNegative();
    assertThat(answer.usage().output()).isNotNegative();
  }

  @Test
  void theAnswerIsTheSameStreamedOrWhole() {
    if (!chats()) {
      return; // vectors are never streamed
    }
    var whole = expert().answer(question(false, plenty()), ExpertContract::unused);
    var assembly = new Assembly();
    var streamed = expert().answer(question(true, plenty()), assembly);
    assertSame(streamed, whole);
    assertSame(assembly.answer(Usage.NONE), whole);
  }

  private static void assertSame(Answer actual, Answer expected) {
    assertThat(actual.text()).isEqualTo(expected.text());
    assertThat(actual.toolCalls()).isEqualTo(expected.toolCalls());
    assertThat(actual.finish()).isEqualTo(expected.finish());
    assertThat(actual.reasoning()).isEqualTo(expected.reasoning());
  }

  @Test
  void piecesComeOnTheCallingThread() {
    if (!chats()) {
      return; // vectors are never streamed
    }
    List<Delta> pieces = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    expert()
        .answer(
            question(true, plenty()),
            delta -> {
              pieces.add(delta);
              threads.add(Thread.currentThread());
            });
    assertThat(pieces).hasSizeGreaterThan(streams() ? 1 : 0);
    assertThat(threads).containsOnly(Thread.currentThread());
  }

  @Test
  void whatOutThrowsEndsTheCallAndIsPassedOnUnchanged() {
    if (!chats()) {
      return; // vectors are never streamed
    }
    var gone = new IllegalStateException("the reader went away");
    List<Delta> seen = new ArrayList<>();
    assertThatThrownBy(() ->
            expert()
                .answer(
                    question(true, plenty()),
                    delta -> {
                      seen.add(delta);
                      throw gone;
                    }))
        .isSameAs(gone);
    assertThat(seen).hasSize(1);
  }

  @Test
  void aPassedDeadlineIsSaidAtOnce() {
    var late = Terms.within(Duration.ofSeconds(-1), Instant.now());
    assertKind(
        catchThrowable(() -> expert().answer(question(false, late), ExpertContract::unused)),
        FailureKind.DEADLINE_EXCEEDED);
  }

  @Test
  void theDeadlineEndsAWait() {
    var expert = waiting();
    if (expert.isEmpty()) {
      return; // this kind never waits
    }
    for (boolean stream : new boolean[] {false, true}) {
      var start = System.nanoTime();
      var soon = Terms.within(Duration.ofMillis(200), Instant.now());
      assertKind(
          catchThrowable(() -> expert.get().answer(question(stream, soon), delta -> {})),
          FailureKind.DEADLINE_EXCEEDED);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void interruptingTheThreadEndsAWait() throws Exception {
    var expert = waiting();
    if (expert.isEmpty()) {
      return; // this kind never waits
    }
    for (boolean stream : new boolean[] {false, true}) {
      var call = new Call(() -> expert.get().answer(question(stream, plenty()), delta -> {}));
      call.awaitBlocked();
      var start = System.nanoTime();
      call.thread.interrupt();
      call.thread.join(Duration.ofSeconds(20));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
      assertKind(call.thrown, FailureKind.CANCELLED);
      assertThat(call.interruptKept).as("the interrupt flag stays set").isTrue();
    }
  }

  /** A call on a virtual thread of its own. */
  private static final class Call {
    private volatile @Nullable Throwable thrown;
    private volatile boolean interruptKept;
    private final Thread thread;

    Call(Callable<?> work) {
      thread =
          Thread.startVirtualThread(() -> {
            thrown = catchThrowable(work::call);
            interruptKept = Thread.currentThread().isInterrupted();
          });
    }

    void awaitBlocked() {
      var end = System.nanoTime() + PLENTY.toNanos();
      while (thread.getState() != Thread.State.WAITING
          && thread.getState() != Thread.State.TIMED_WAITING) {
        assertThat(thread.isAlive()).as("the expert waits; it ended with %s", thrown).isTrue();
        assertThat(System.nanoTime()).as("the call blocks").isLessThan(end);
        LockSupport.parkNanos(500_000);
      }
    }
  }

  @Test
  void anInterruptedThreadGetsAnAnswerOrCancelled() {
    Thread.currentThread().interrupt();
    try {
      var thrown =
          catchThrowable(() -> expert().answer(question(false, plenty()), ExpertContract::unused));
      if (thrown != null) {
        assertKind(thrown, FailureKind.CANCELLED);
      }
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void manyThreadsMayAskAtOnce() throws Exception {
    var expert = expert();
    var expected = expert.answer(question(false, plenty()), ExpertContract::unused);
    List<Future<Answer>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        boolean stream = i % 2 == 0 && chats();
        answers.add(threads.submit(() -> expert.answer(question(stream, plenty()), delta -> {})));
      }
      for (var answer : answers) {
        assertSame(answer.get(), expected);
      }
    }
  }

  @Test
  void aServiceTheCardDoesNotNameIsRefused() {
    var expert = expert();
    for (var service : Service.values()) {
      if (!expert.card().services().contains(service)) {
        var question =
            switch (service) {
              case CHAT -> chat(false, false, plenty());
              case EMBEDDINGS -> embeddings(plenty());
            };
        assertKind(
            catchThrowable(() -> expert.answer(question, ExpertContract::unused)),
            FailureKind.UNSUPPORTED);
      }
    }
  }

  @Test
  void toolsAreCalledOrClearlyRefused() {
    var calling = callingTools();
    if (calling.isPresent()) {
      assertThat(calling.get().card().features()).contains(Feature.TOOLS);
      var whole = calling.get().answer(chat(false, true, plenty()), ExpertContract::unused);
      assertThat(whole.toolCalls()).isNotEmpty();
      assertThat(whole.toolCalls().getFirst().name()).isEqualTo("look_up");
      assertThat(whole.toolCalls().getFirst().id()).isNotBlank();
      assertSame(calling.get().answer(chat(true, true, plenty()), delta -> {}), whole);
    } else {
      assertThat(expert().card().features()).doesNotContain(Feature.TOOLS);
      assertKind(
          catchThrowable(
              () -> expert().answer(chat(false, true, plenty()), ExpertContract::unused)),
          FailureKind.UNSUPPORTED);
    }
  }

  @Test
  void onlyExpertExceptionsComeOut() {
    for (var expert : failing()) {
      for (boolean stream : new boolean[] {false, true}) {
        assertThatThrownBy(() -> expert.answer(question(stream, plenty()), delta -> {}))
            .as(expert.card().id())
            .isInstanceOf(ExpertException.class)
            .message()
            .isNotBlank();
      }
    }
  }

  private static void assertKind(@Nullable Throwable thrown, FailureKind kind) {
    if (!(thrown instanceof ExpertException failure)) {
      throw new AssertionError("expected an ExpertException of kind " + kind, thrown);
    }
    assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
    assertThat(failure.message()).isNotBlank();
  }
}
