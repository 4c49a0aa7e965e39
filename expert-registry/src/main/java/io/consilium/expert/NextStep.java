package io.consilium.expert;

import java.util.List;

/**
 * When a cascade stops and whom it asks next; where a chain ends. Fitted with a router, consulted
 * by whoever runs the plan.
 *
 * <p>A pure function: the same route, question and replies give the same step, so a replay goes the
 * same way. Called for every reply; it must not block.
 */
@FunctionalInterface
public interface NextStep {
  /**
   * What to do now.
   *
   * @param said what was heard so far, in order; empty before the first ask
   */
  Step after(Route route, Question question, List<Said> said);

  /**
   * What one expert said.
   *
   * @param expert its id
   * @param answer which answer it gave: equal numbers, equal answers, counted from 0 in the order
   *     they first came; -1 when it failed, refused, or said nothing that can be compared
   * @param length of its answer in characters
   */
  record Said(String expert, int answer, int length) {}

  /** A step. */
  sealed interface Step {
    /** Ask this expert as well. */
    record Ask(String expert) implements Step {}

    /**
     * No more asking: the answer is this one.
     *
     * @param answer as numbered in {@link Said}; -1 when there is none
     * @param p P(that answer is right)
     */
    record Stop(int answer, double p) implements Step {}

    /** No more asking, and what was said is not good enough to pass on. */
    record Refuse(String reason) implements Step {}
  }

  /**
   * Asks the members in their order until two give the same answer or all were asked; the most
   * frequent answer wins, the earlier of two. For plans that nobody fitted (agreement-based
   * cascading, arXiv 2407.02348); a chain under it ends when a draft is kept.
   */
  static NextStep agreement() {
    return (route, question, said) -> {
      List<String> members =
          switch (route.plan()) {
            case Plan.Cascade cascade -> cascade.members();
            case Plan.Chain chain -> chain.members();
            case Plan.Panel panel -> panel.members();
            case Plan.One one -> List.of(one.expert());
            case Plan.Abstain abstain -> List.of();
          };
      int[] votes = new int[said.size() + 1];
      int voters = 0;
      int leading = -1;
      for (var each : said) {
        int answer = each.answer();
        if (answer >= 0) {
          votes[answer]++;
          voters++;
          leading = leading < 0 || votes[answer] > votes[leading] ? answer : leading;
        }
      }
      int most = leading < 0 ? 0 : votes[leading];
      return most >= 2 || said.size() >= members.size()
          ? new Step.Stop(leading, voters == 0 ? 0 : (double) most / voters)
          : new Step.Ask(members.get(said.size()));
    };
  }
}
