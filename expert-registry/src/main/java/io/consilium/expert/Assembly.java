package io.consilium.expert;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts streamed pieces together into the whole {@link Answer}. For one thread.
 *
 * <p>It is a {@code Consumer<Delta>}, so it can stand between an expert and its reader.
 */
public final class Assembly implements Consumer<Delta> {
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final StringBuilder refusal = new StringBuilder();
  private final List<Call> calls = new ArrayList<>();
  private @Nullable FinishReason finish;
  private @Nullable Usage usage;

  private static final class Call {
    String id = "";
    String name = "";
    final StringBuilder arguments = new StringBuilder();
  }

  @Override
  public void accept(Delta delta) {
    switch (delta) {
      case Delta.Text piece -> text.append(piece.text());
      case Delta.Reasoning piece -> reasoning.append(piece.text());
      case Delta.Refusal piece -> refusal.append(piece.text());
      case Delta.ToolCall piece -> call(piece);
      case Delta.Used used -> usage = used.usage();
      case Delta.Finish end -> finish = end.reason();
      case Delta.Progress progress -> {}
      case Delta.Framed framed -> framed.parts().forEach(this);
    }
  }

  private void call(Delta.ToolCall piece) {
    while (calls.size() <= piece.index()) {
      calls.add(new Call());
    }
    var call = calls.get(piece.index());
    if (!piece.id().isEmpty()) {
      call.id = piece.id();
    }
    if (!piece.name().isEmpty()) {
      call.name = piece.name();
    }
    call.arguments.append(piece.arguments());
  }

  /** Whether a finish reason was seen: a stream that ends without one was cut off. */
  public boolean finished() {
    return finish != null;
  }

  /** Whether usage was seen. */
  public boolean measured() {
    return usage != null;
  }

  /** Characters of text, reasoning, refusal and arguments so far. */
  public int characters() {
    return text.length()
        + reasoning.length()
        + refusal.length()
        + calls.stream().mapToInt(call -> call.arguments.length()).sum();
  }

  /** The answer so far; usage is {@code fallback} when the expert gave none. */
  public Answer answer(Usage fallback) {
    return new Answer(
        text.isEmpty() ? List.of() : List.of(new Part.Text(text.toString())),
        calls.stream()
            .map(call -> new ToolCall(call.id, call.name, call.arguments.toString()))
            .toList(),
        finish != null ? finish : calls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_CALLS,
        refusal.isEmpty() ? null : refusal.toString(),
        reasoning.isEmpty() ? null : reasoning.toString(),
        null,
        usage != null ? usage : fallback,
        null,
        null,
        List.of());
  }
}
