package io.consilium.aggregator.fit;

import java.util.List;

/**
 * How often each expert names an answer that is right, and one that is wrong, fitted from marked
 * answers. From these follow the weights of the best vote for experts that err apart (Nitzan and
 * Paroush, 1982; "Optimal Weight" in "Beyond Majority Voting", arXiv 2510.01499): a vote for an
 * answer counts log(sensitivity / false alarms), its absence counts too.
 *
 * @param experts by id
 * @param sensitivity P(names it | right)
 * @param alarms P(names it | wrong, and somebody named it): 1 - specificity
 */
public record Sensitivities(List<String> experts, double[] sensitivity, double[] alarms) {
  public Sensitivities {
    experts = List.copyOf(experts);
    sensitivity = sensitivity.clone();
    alarms = alarms.clone();
    if (experts.size() != sensitivity.length || experts.size() != alarms.length) {
      throw new IllegalArgumentException(
          "one sensitivity and one specificity per expert is needed");
    }
  }

  /** Counts over all answers that somebody gave, with one pseudo-answer of each sort. */
  public static Sensitivities fit(List<String> experts, List<Votes> cases) {
    int n = experts.size();
    var hit = new double[n];
    var could = new double[n];
    var alarm = new double[n];
    var might = new double[n];
    for (var votes : cases) {
      for (int a = 0; a < votes.answers(); a++) {
        boolean right = votes.isRight(a);
        for (int e = 0; e < n; e++) {
          int said = votes.answer()[e];
          if (said >= 0) {
            (right ? could : might)[e]++;
            (right ? hit : alarm)[e] += said == a ? 1 : 0;
          }
        }
      }
    }
    var sensitivity = new double[n];
    var alarms = new double[n];
    for (int e = 0; e < n; e++) {
      sensitivity[e] = (hit[e] + 1) / (could[e] + 2);
      alarms[e] = (alarm[e] + 0.5) / (might[e] + 2);
    }
    return new Sensitivities(experts, sensitivity, alarms);
  }

  /** What a vote of this expert counts for an answer, or against it. */
  public double weight(int expert, boolean votes) {
    return votes
        ? Math.log(sensitivity[expert] / alarms[expert])
        : Math.log((1 - sensitivity[expert]) / (1 - alarms[expert]));
  }
}
