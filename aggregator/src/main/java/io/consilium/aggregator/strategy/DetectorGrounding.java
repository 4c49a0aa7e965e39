package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;

/**
 * Answers anchored by detectors: the labels that classifier experts on the panel are sure of are
 * taken as seen; the reply with the fewest statements that name another label of a detector instead
 * is the answer, without those statements ("Clinical Contrastive Decoding", 2025; "Internet of
 * Experts", 2025, on the level of statements). Without a sure detector it is the most promising
 * reply.
 *
 * <p>Not for detectors whose labels are everyday words, and not for answers with tool calls or
 * promised JSON, which are chosen but never edited.
 */
public final class DetectorGrounding implements Aggregator {
  private static final double SURE = 0.8;

  private final double sure;

  /** Anchors from detectors at least this sure, between 0 and 1. */
  public DetectorGrounding(double sure) {
    this.sure = sure;
  }

  public DetectorGrounding() {
    this(SURE);
  }

  @Override
  public String name() {
    return "detector_grounding";
  }

  /** A label that was seen, and all of its detector, longest first. */
  private record Anchor(String seen, List<String> labels) {
    /** Whether it names another label and not this one; "no line of sight" names one label. */
    boolean contradicts(String statement) {
      var words = words(statement);
      boolean other = false;
      for (var label : labels) {
        var rest = words.replace(" " + label + " ", " , ");
        if (!rest.equals(words)) {
          if (label.equals(seen)) {
            return false;
          }
          other = true;
          words = rest;
        }
      }
      return other;
    }
  }

  private static String words(String text) {
    return " " + text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip() + " ";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    var voices = Voices.all(replies, Comparison.EXACT);
    var settled = voices.settled();
    if (settled.isPresent()) {
      return settled.get();
    }
    List<Anchor> anchors = new ArrayList<>();
    List<Reply.Answered> drafts = new ArrayList<>();
    for (var reply : voices.heard()) {
      if (reply.card().kind() instanceof ExpertKind.Classifier detector) {
        anchor(detector, reply.answer()).ifPresent(anchors::add);
      } else if (!Spoken.of(reply.answer()).isBlank()) {
        drafts.add(reply);
      }
    }
    if (drafts.isEmpty()) {
      return Optional.of(voices.signedBy(voices.best()));
    }
    Reply.Answered best = drafts.getFirst();
    for (var draft : drafts) {
      int order = Long.compare(against(anchors, best), against(anchors, draft));
      order = order == 0 ? Double.compare(Replies.forecast(draft), Replies.forecast(best)) : order;
      best = order > 0 ? draft : best;
    }
    var signed = voices.signedBy(best);
    if (against(anchors, best) == 0
        || !best.answer().toolCalls().isEmpty()
        || question.parameters().structured()) {
      return Optional.of(signed);
    }
    var kept =
        Sentences.of(best.answer().text()).stream()
            .filter(statement -> anchors.stream().noneMatch(each -> each.contradicts(statement)))
            .toList();
    return Optional.of(
        kept.isEmpty()
            ? signed
            : Answer.of(String.join(" ", kept), signed.usage()).from(signed.provenance()));
  }

  private Optional<Anchor> anchor(ExpertKind.Classifier detector, Answer answer) {
    var confidence = answer.confidence();
    if (confidence == null || confidence < sure) {
      return Optional.empty();
    }
    var labels =
        detector.labels().stream()
            .map(label -> words(label).strip())
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    var said = words(stated(answer.text()));
    return labels.stream()
        .filter(label -> said.startsWith(" " + label + " "))
        .findFirst()
        .map(label -> new Anchor(label, labels));
  }

  /**
   * The label of a detector that answers in JSON, else all it says, which begins with the label.
   */
  private static String stated(String text) {
    try {
      return text.startsWith("{") ? Json.MAPPER.readTree(text).path("label").asString("") : text;
    } catch (JacksonException e) {
      return text;
    }
  }

  private static long against(List<Anchor> anchors, Reply.Answered draft) {
    return Sentences.of(draft.answer().text()).stream()
        .filter(statement -> anchors.stream().anyMatch(each -> each.contradicts(statement)))
        .count();
  }
}
