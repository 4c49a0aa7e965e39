package io.consilium.tools;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One tool of an MCP server as an expert.
 *
 * <p>The last user turn is the call: a JSON object that fits the tool's schema is its arguments,
 * any other text goes to a tool that takes one string. A tool that needs more is {@code
 * UNSUPPORTED} here. What the tool itself calls a failure is {@code UPSTREAM_REJECTED} with its own
 * words, so that the next expert may try. Streams one piece.
 */
public final class ToolExpert implements Expert {
  private final ExpertCard card;
  private final McpConnection server;
  private final Arguments arguments;

  /**
   * @param card of kind {@code Tool}; its endpoint's model is the tool's name at the server
   * @param server where the tool is; shared by all tools of that server, closed by its owner
   */
  public ToolExpert(ExpertCard card, McpConnection server) {
    if (!(card.kind() instanceof ExpertKind.Tool tool)) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "%s is declared as %s; an expert with an MCP endpoint must be of kind tool"
              .formatted(card.id(), card.kind().label()));
    }
    this.card = card;
    this.server = server;
    this.arguments = new Arguments(card.endpoint().model(), tool.schema());
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    card.require(question);
    var text = question.lastUserText();
    if (text.isBlank()) {
      throw new ExpertException(
          FailureKind.UNSUPPORTED, card.id() + " reads text, and the last user turn has none");
    }
    var result =
        server.call(card.endpoint().model(), arguments.of(text), question.terms().deadline());
    if (result.error()) {
      throw new ExpertException(
          FailureKind.UPSTREAM_REJECTED,
          result.text().isEmpty() ? card.id() + " failed without saying why" : result.text());
    }
    var answer = answer(text, result);
    if (question.parameters().stream() && !answer.text().isEmpty()) {
      out.accept(new Delta.Text(answer.text()));
    }
    return answer;
  }

  private static Answer answer(String asked, ToolResult result) {
    var text = result.text();
    List<Part> content = new ArrayList<>();
    if (!text.isEmpty()) {
      content.add(new Part.Text(text));
    }
    result.content().stream().filter(part -> !(part instanceof Part.Text)).forEach(content::add);
    var whole = Answer.of(text, Usage.estimate(asked.length(), text.length()));
    return new Answer(
        content,
        whole.toolCalls(),
        whole.finish(),
        null,
        null,
        null,
        whole.usage(),
        result.confidence(),
        null,
        List.of());
  }
}
