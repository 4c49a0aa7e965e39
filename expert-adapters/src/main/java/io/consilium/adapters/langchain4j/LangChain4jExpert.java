package io.consilium.adapters.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.consilium.adapters.Relay;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Question;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Any LangChain4j chat model. Conversations, images, the caller's tools and structured answers are
 * translated both ways; parameters LangChain4j has no word for are left out. For servers that speak
 * the OpenAI format use {@code OpenAiExpert}, which passes everything through.
 */
public final class LangChain4jExpert implements Expert {
  private final ExpertCard card;
  private final ChatModel whole;
  private final StreamingChatModel streamed;
  private final ChatRequests requests;
  private final ProviderFailures failures;
  private final Relay relay;

  /**
   * @param card what it declares is what it is asked for
   * @param whole answers questions that are not streamed; its own retries should be off
   * @param streamed answers those that are
   * @param clock that deadlines are read on
   */
  public LangChain4jExpert(
      ExpertCard card, ChatModel whole, StreamingChatModel streamed, InstantSource clock) {
    this.card = card;
    this.whole = whole;
    this.streamed = streamed;
    this.requests = new ChatRequests(card);
    this.failures = new ProviderFailures(card);
    this.relay = new Relay(card.id(), clock, cause -> failures.of(cause, false));
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    card.require(question);
    if (!question.parameters().stream()) {
      return relay.run(
          question, out, pieces -> ChatAnswers.of(whole.chat(requests.of(question)), question));
    }
    return relay.run(
        question,
        out,
        pieces -> {
          var answer = ChatAnswers.of(stream(requests.of(question), question, pieces), question);
          pieces.accept(new Delta.Used(answer.usage()));
          pieces.accept(new Delta.Finish(answer.finish()));
          return answer;
        });
  }

  private ChatResponse stream(ChatRequest request, Question question, Consumer<Delta> pieces)
      throws InterruptedException {
    var streaming = new StreamedPieces(question, pieces);
    try {
      streamed.chat(request, streaming);
      return streaming.await();
    } catch (ExecutionException e) {
      throw failures.of(e, streaming.spoken());
    }
  }
}
