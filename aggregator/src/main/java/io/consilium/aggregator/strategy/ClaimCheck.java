package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The most promising reply with each of its statements checked by a verifier against evidence: what
 * retrievers and tools on the panel found, else what the other experts said (Petroni et al.,
 * "Side", 2023). Where they conflict the caller's instruction holds over evidence, evidence over
 * the expert's own knowledge. A contradicted statement is replaced, or removed where the right one
 * is unknown; an unsupported one is marked. A verifier that fails leaves the reply as it is.
 *
 * <p>Not for tool calls, JSON, code or a bare answer, which are given unchecked, and not with a
 * verifier that knows less than the experts.
 */
public final class ClaimCheck implements Aggregator {
  private static final int MOST = 40;
  private static final String MARK = " [not supported by the evidence]";

  private final Expert verifier;
  private final Prompt prompt = Prompt.of("claims-1.txt");

  public ClaimCheck(Expert verifier) {
    this.verifier = verifier;
  }

  @Override
  public String name() {
    return "claim_check";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    var voices = Voices.all(replies, Comparison.EXACT);
    var settled = voices.settled();
    if (settled.isPresent()) {
      return settled.get();
    }
    List<Reply.Answered> writers = voices.heard().stream().filter(reply -> !finds(reply)).toList();
    var drafts =
        Voices.of(writers.isEmpty() ? voices.heard() : writers, Comparison.EXACT, replies.kind());
    if (drafts.answers() == 0) {
      return Optional.empty();
    }
    var draft = drafts.best();
    var signed = voices.signedBy(draft);
    var sentences = Sentences.of(draft.answer().text());
    if (!draft.answer().toolCalls().isEmpty()
        || question.parameters().structured()
        || sentences.size() < 2
        || sentences.size() > MOST) {
      return Optional.of(signed);
    }
    List<String> evidence =
        voices.heard().stream()
            .filter(reply -> finds(reply) || writers.size() == voices.heard().size())
            .filter(reply -> !reply.equals(draft))
            .map(reply -> Spoken.of(reply.answer()))
            .toList();
    var verdicts = verdicts(question, sentences, evidence);
    return Optional.of(verdicts.isEmpty() ? signed : checked(voices, draft, sentences, verdicts));
  }

  private static boolean finds(Reply.Answered reply) {
    return reply.card().kind() instanceof ExpertKind.Retriever
        || reply.card().kind() instanceof ExpertKind.Tool;
  }

  private Answer checked(
      Voices voices,
      Reply.Answered draft,
      List<String> sentences,
      Map<Integer, JsonNode> verdicts) {
    List<String> kept = new ArrayList<>();
    int changed = 0;
    for (int i = 0; i < sentences.size(); i++) {
      var verdict = verdicts.get(i + 1);
      var said = verdict == null ? "supported" : verdict.path("verdict").asString("supported");
      switch (said.toLowerCase(Locale.ROOT)) {
        case "contradicted" -> {
          var instead = verdict == null ? "" : verdict.path("instead").asString("").strip();
          changed++;
          if (!instead.isEmpty()) {
            kept.add(instead);
          }
        }
        case "unsupported" -> {
          changed++;
          kept.add(sentences.get(i) + MARK);
        }
        default -> kept.add(sentences.get(i));
      }
    }
    if (changed == 0 || kept.isEmpty()) {
      return voices.signedBy(draft);
    }
    List<Answer.Contribution> shares = new ArrayList<>(voices.signedBy(draft).provenance());
    var card = verifier.card();
    shares.add(
        new Answer.Contribution(
            card.id(),
            card.version(),
            "checked %d statements, changed %d".formatted(sentences.size(), changed)));
    return Answer.of(String.join(" ", kept), draft.answer().usage()).from(shares);
  }

  private Map<Integer, JsonNode> verdicts(
      Question question, List<String> sentences, List<String> evidence) {
    var material = Json.object();
    material.put("request", Prompt.cut(question.lastUserText()));
    var statements = material.putArray("statements");
    for (int i = 0; i < sentences.size(); i++) {
      statements.addObject().put("statement", i + 1).put("text", Prompt.cut(sentences.get(i)));
    }
    material.set("evidence", Prompt.quoted(evidence));
    var said = Writer.said(verifier, prompt.about(question, material));
    Map<Integer, JsonNode> verdicts = new HashMap<>();
    if (said != null && said.indexOf('[') >= 0 && said.lastIndexOf(']') > said.indexOf('[')) {
      try {
        Json.MAPPER
            .readTree(said.substring(said.indexOf('['), said.lastIndexOf(']') + 1))
            .forEach(each -> verdicts.put(each.path("statement").asInt(0), each));
      } catch (JacksonException notJson) {
        return Map.of();
      }
    }
    return verdicts;
  }
}
