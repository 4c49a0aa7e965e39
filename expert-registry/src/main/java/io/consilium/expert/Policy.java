package io.consilium.expert;

import java.util.List;
import java.util.Set;

/**
 * What the caller wants from a plan, in one currency. The planner maximises
 *
 * <pre>value · P(correct) − priceWeight · usd − secondUsd · seconds</pre>
 *
 * and abstains where no expert reaches {@code minimum}.
 *
 * @param name {@code quality}, {@code balanced}, {@code economy} or a configured name
 * @param value US dollars a right answer is worth; positive
 * @param priceWeight how much a dollar of price counts; 0 or more
 * @param secondUsd US dollars a second of waiting costs; 0 or more
 * @param minimum the least P(correct) worth answering with, 0 to 1; below it the plan is to abstain
 * @param pin experts to choose among, in order of preference; empty when all may answer
 * @param exclude experts that must not answer
 * @param risk the largest share of answers that may be wrong, above 0; below 1 it is a contract:
 *     who is not known to keep it does not answer, and where nobody is, the plan is to abstain; 1
 *     for none
 * @param budgetUsd the most an answer may be expected to cost, in US dollars; infinity for no limit
 * @param aggregator how the replies of a panel become one, as plans write it; "" for the usual way
 */
public record Policy(
    String name,
    double value,
    double priceWeight,
    double secondUsd,
    double minimum,
    List<String> pin,
    Set<String> exclude,
    double risk,
    double budgetUsd,
    String aggregator) {
  /** The best answer; price hardly counts. */
  public static final Policy QUALITY = preset("quality", 1.0, 0.1, 0.0005);

  /** A right answer is worth ten cents, and a second of waiting a tenth of a cent. */
  public static final Policy BALANCED = preset("balanced", 0.10, 1.0, 0.001);

  /** The cheapest expert that will probably be right. */
  public static final Policy ECONOMY = preset("economy", 0.01, 1.0, 0.0001);

  public Policy {
    require(value > 0 && Double.isFinite(value), "value", "a positive number of US dollars");
    require(priceWeight >= 0 && Double.isFinite(priceWeight), "priceWeight", "0 or more");
    require(secondUsd >= 0 && Double.isFinite(secondUsd), "secondUsd", "0 or more");
    require(minimum >= 0 && minimum <= 1, "minimum", "between 0 and 1");
    require(risk > 0 && risk <= 1, "risk", "above 0 and at most 1");
    require(budgetUsd > 0, "budget_usd", "a positive number of US dollars");
    pin = List.copyOf(pin);
    exclude = Set.copyOf(exclude);
  }

  /** A policy whose panels are fused the usual way. */
  public Policy(
      String name,
      double value,
      double priceWeight,
      double secondUsd,
      double minimum,
      List<String> pin,
      Set<String> exclude,
      double risk,
      double budgetUsd) {
    this(name, value, priceWeight, secondUsd, minimum, pin, exclude, risk, budgetUsd, "");
  }

  /** A policy without a risk contract and without a budget. */
  public Policy(
      String name,
      double value,
      double priceWeight,
      double secondUsd,
      double minimum,
      List<String> pin,
      Set<String> exclude) {
    this(name, value, priceWeight, secondUsd, minimum, pin, exclude, 1, Double.POSITIVE_INFINITY);
  }

  private static void require(boolean holds, String field, String range) {
    if (!holds) {
      throw ExpertException.invalid("consilium." + field, "policy " + field + " must be " + range);
    }
  }

  private static Policy preset(String name, double value, double price, double second) {
    return new Policy(name, value, price, second, 0.5, List.of(), Set.of());
  }

  /** The presets, in the order they are listed to people. */
  public static List<Policy> presets() {
    return List.of(BALANCED, QUALITY, ECONOMY);
  }

  /** The same policy, restricted to some experts and without others. */
  public Policy among(List<String> pinned, Set<String> excluded) {
    return new Policy(
        name,
        value,
        priceWeight,
        secondUsd,
        minimum,
        pinned,
        excluded,
        risk,
        budgetUsd,
        aggregator);
  }

  /** Whether answers are held to a risk. */
  public boolean contract() {
    return risk < 1;
  }

  /** The same policy with another least P(correct). */
  public Policy withMinimum(double least) {
    return new Policy(
        name, value, priceWeight, secondUsd, least, pin, exclude, risk, budgetUsd, aggregator);
  }

  /** The same policy with another way to make one answer of the replies of a panel. */
  public Policy fusedBy(String other) {
    return new Policy(
        name, value, priceWeight, secondUsd, minimum, pin, exclude, risk, budgetUsd, other);
  }
}
