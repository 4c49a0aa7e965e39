package io.consilium.aggregator.contrast;

import io.consilium.aggregator.AnswerKey;
import io.consilium.expert.Answer;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How one answer stands to the replies it was made of: who agreed, who differed and on what, which
 * statements each expert contributed, who was dropped and why, what each reply took. Plain data; it
 * is built from what a plan left behind and asks nobody. {@link ContrastJson} is its JSON.
 *
 * @param plan the type of the plan, such as {@code panel}
 * @param aggregator how a panel's replies became one; null for other plans
 * @param agreement the share of experts with something to compare who said what the answer says; 0
 *     when none did
 * @param groups equal answers together: the one that was given first, then the larger, then by key
 * @param differences what the other groups say that the answer does not, and the other way round
 * @param contributions the share of each expert that answered, in the order they came
 * @param dropped whose reply could not count, or who was never heard, in the order of the plan
 * @param replies every reply in the order they came
 * @param usd the price of all replies together
 */
public record Contrast(
    String plan,
    @Nullable String aggregator,
    double agreement,
    List<Group> groups,
    List<Difference> differences,
    List<Contribution> contributions,
    List<Dropped> dropped,
    List<Asked> replies,
    double usd) {
  /** The longest piece of a reply that is quoted, in characters. */
  public static final int QUOTED = 300;

  /**
   * Experts that said the same.
   *
   * @param kind what sort of answer it is: {@code choice}, {@code number}, {@code text} …
   * @param answer its normal form, cut after {@value Contrast#QUOTED} characters
   * @param given whether it is the answer that was given
   * @param experts who said so, by id
   */
  public record Group(String kind, String answer, boolean given, List<String> experts) {
    public Group {
      experts = List.copyOf(experts);
    }
  }

  /**
   * What one group says otherwise.
   *
   * @param experts those who differ
   * @param on what the difference is about: {@code choice}, {@code number}, {@code statements},
   *     {@code fields} (of JSON), {@code calls} (of tools), or {@code form} when the two are not
   *     the same sort of answer
   * @param theirs what they say and the answer does not; at most five pieces
   * @param ours what the answer says and they do not; at most five pieces
   */
  public record Difference(
      List<String> experts, String on, List<String> theirs, List<String> ours) {
    public Difference {
      experts = List.copyOf(experts);
      theirs = List.copyOf(theirs);
      ours = List.copyOf(ours);
    }
  }

  /**
   * One expert's share in the answer.
   *
   * @param version of its card
   * @param what it gave, as the aggregator put it ("the answer", "a vote for another"); empty when
   *     the aggregator did not say
   * @param statements of the answer which its own reply makes too; at most twenty
   */
  public record Contribution(String expert, int version, String what, List<String> statements) {
    public Contribution {
      statements = List.copyOf(statements);
    }
  }

  /**
   * An expert whose reply did not count.
   *
   * @param why {@code failed}, {@code cancelled} (no longer needed), {@code refused}, {@code empty}
   *     or {@code not_asked}
   * @param message what happened, in words
   */
  public record Dropped(String expert, String why, String message) {}

  /**
   * One reply and what it took.
   *
   * @param status {@code answered}, {@code failed} or {@code cancelled}
   * @param group the index of its group in {@link Contrast#groups}; -1 when it has none
   * @param p the P(correct) it was asked under, or null
   */
  public record Asked(
      String expert,
      int version,
      String status,
      int group,
      @Nullable Double p,
      double millis,
      double usd) {}

  public Contrast {
    groups = List.copyOf(groups);
    differences = List.copyOf(differences);
    contributions = List.copyOf(contributions);
    dropped = List.copyOf(dropped);
    replies = List.copyOf(replies);
  }

  /**
   * The contrast of an answer with the replies behind it.
   *
   * @param replies of everyone asked, in the order they came, failures included
   */
  public static Contrast of(Question question, Route route, List<Reply> replies, Answer answer) {
    var kind = route.plan().kind();
    return of(question, route, replies, answer, each -> AnswerKey.of(each, kind));
  }

  /**
   * The same, comparing answers by {@code key}: two with equal keys say the same, one without a key
   * says nothing that can be compared.
   */
  public static Contrast of(
      Question question,
      Route route,
      List<Reply> replies,
      Answer answer,
      Function<Answer, Optional<AnswerKey>> key) {
    return new Contrasting(route, replies, answer, key).contrast();
  }
}
