package io.consilium.adapters.openai;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Terms;
import io.consilium.expert.wire.ChatReplies;
import io.consilium.expert.wire.ChatWire;
import io.consilium.expert.wire.EmbeddingsWire;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model behind a server that speaks OpenAI's wire format. What Consilium does not look at passes
 * through untouched, both ways: unknown fields of the request, the body of a whole reply ({@link
 * Answer#raw}) and the frames of a stream ({@link Delta.Framed}). Of the request it changes the
 * model name, drops the {@code consilium} object and asks for usage at the end of a stream.
 *
 * <p>Blocking; meant for virtual threads, where an interrupt closes the connection at once.
 */
public final class OpenAiExpert implements Expert {
  private final ExpertCard card;
  private final OpenAiClient client;
  private final Function<SecretRef, String> secrets;
  private final Upstream upstream;
  private final URI chat;
  private final URI embeddings;

  /** By depth of the question, the header of one level deeper. */
  private static final String[] DEEPER =
      IntStream.rangeClosed(1, Terms.MAX_DEPTH + 1)
          .mapToObj(Integer::toString)
          .toArray(String[]::new);

  private volatile @Nullable Map<String, String> credentials;
  private volatile boolean asksUsage = true;

  /**
   * @param secrets turns a reference into the secret; asked at the first call, and again after the
   *     server refused what it gave
   * @throws ExpertException {@code CONFIGURATION} when the card's URL is none
   */
  public OpenAiExpert(ExpertCard card, OpenAiClient client, Function<SecretRef, String> secrets) {
    this.card = card;
    this.client = client;
    this.secrets = secrets;
    this.upstream = Upstream.of(card.endpoint());
    this.chat = upstream.at("chat/completions");
    this.embeddings = upstream.at("embeddings");
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    card.require(question);
    return switch (question.dialect()) {
      case CHAT, COMPLETIONS -> chat(question, out);
      case EMBEDDINGS -> {
        var body = Json.bytes(EmbeddingsWire.request(question, upstream.model()));
        yield send(
            embeddings,
            body,
            question,
            (reply, watched, failures) -> {
              var whole = Replies.whole(reply, client.limits().body(), failures);
              return EmbeddingsWire.answer(whole, question);
            });
      }
    };
  }

  private Answer chat(Question question, Consumer<Delta> out) {
    boolean withUsage = asksUsage;
    try {
      return chat(question, out, withUsage);
    } catch (ExpertException e) {
      if (withUsage && refusesUsage(question, e)) {
        asksUsage = false;
        return chat(question, out, false);
      }
      throw e;
    }
  }

  /** Some servers reject {@code stream_options}; the caller must not suffer for our asking. */
  private static boolean refusesUsage(Question question, ExpertException e) {
    return question.parameters().stream()
        && e.kind() == FailureKind.UPSTREAM_REJECTED
        && e.message().contains("stream_options")
        && !question.body().has("stream_options");
  }

  private Answer chat(Question question, Consumer<Delta> out, boolean withUsage) {
    ObjectNode body = ChatWire.request(question, upstream.model());
    if (!withUsage && !question.body().has("stream_options")) {
      body.remove("stream_options");
    }
    return send(
        chat,
        Json.bytes(body),
        question,
        (reply, watched, failures) -> read(reply, watched, failures, question, out));
  }

  private Answer read(
      ClassicHttpResponse reply,
      DeadlineWatch.Watched watched,
      UpstreamFailures failures,
      Question question,
      Consumer<Delta> out)
      throws IOException {
    boolean stream = question.parameters().stream();
    var in = Replies.content(reply);
    if (stream && in != null && Replies.type(reply, "text/event-stream")) {
      return new ChatStream(question, out, client.limits(), failures).read(in, watched);
    }
    var body = Replies.whole(reply, client.limits().body(), failures);
    var answer = ChatReplies.answer(Replies.parsed(body, reply, failures), body, question);
    if (stream) {
      pieces(answer, question).forEach(out);
    }
    return answer;
  }

  /** A whole reply as pieces, for servers that do not stream though asked to. */
  private static List<Delta> pieces(Answer answer, Question question) {
    var pieces = new ArrayList<Delta>();
    if (answer.reasoning() != null) {
      pieces.add(new Delta.Reasoning(answer.reasoning()));
    }
    for (var part : answer.content()) {
      if (part instanceof Part.Text text) {
        pieces.add(new Delta.Text(text.text()));
      }
    }
    if (answer.refusal() != null) {
      pieces.add(new Delta.Refusal(answer.refusal()));
    }
    for (int i = 0; i < answer.toolCalls().size(); i++) {
      var call = answer.toolCalls().get(i);
      pieces.add(new Delta.ToolCall(i, call.id(), call.name(), call.arguments()));
    }
    pieces.add(new Delta.Finish(answer.finish()));
    if (question.parameters().streamUsage()) {
      pieces.add(new Delta.Used(answer.usage()));
    }
    return pieces;
  }

  /** Reads a reply of status 200. */
  private interface Reader {
    Answer read(ClassicHttpResponse reply, DeadlineWatch.Watched watched, UpstreamFailures failures)
        throws IOException;
  }

  private Answer send(URI address, byte[] body, Question question, Reader reader) {
    var known = credentials;
    if (known == null) {
      known = upstream.credentials(secrets);
      credentials = known;
    }
    var failures = new UpstreamFailures(upstream, known.values());
    var request = new HttpUriRequestBase("POST", address);
    Upstream.sign(request, known);
    // a server that is a Consilium as well refuses what goes round in circles
    request.setHeader(Terms.DEPTH_HEADER, DEEPER[question.terms().depth()]);
    request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
    try {
      return client.exchange(
          request,
          upstream,
          question.terms().deadline(),
          (reply, watched) -> {
            Replies.requireOk(reply, failures, client.clock().instant());
            return reader.read(reply, watched, failures);
          });
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.UPSTREAM_AUTH) {
        credentials = null; // a key may have been renewed where it is kept
      }
      throw e;
    }
  }
}
