package io.consilium.router.ability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures a new expert with few questions: the next is the one from which, per unit of price, the
 * mean predictive variance over a mix of questions is expected to fall most (adaptive testing by
 * expected posterior variance: van der Linden, "Multidimensional Adaptive Testing with a Minimum
 * Error-Variance Criterion", 1999). Immutable; asked in batches, which the caller may run in
 * parallel.
 *
 * <p>Keep what is reported apart: the bank must not hold questions that the ability is later scored
 * on.
 *
 * @param bank what may be asked
 * @param mix the questions the ability is for; often the bank's own
 * @param prior what is believed before the first answer: from the card, or of the population
 * @param items asked so far
 * @param answers how right the expert was, 0 to 1, item by item
 */
public record Interview(
    ItemBank bank, List<Traits> mix, Ability prior, List<Integer> items, List<Double> answers) {
  /** Items asked at once. */
  public static final int BATCH = 5;

  /** The most items asked. */
  public static final int MOST = 60;

  /** The standard deviation of predicted accuracy at which it is enough. */
  public static final double PRECISE = 0.02;

  public Interview {
    if (items.size() != answers.size()) {
      throw new IllegalArgumentException("every item asked needs an answer");
    }
    mix = List.copyOf(mix);
    items = List.copyOf(items);
    answers = List.copyOf(answers);
  }

  /**
   * An interview that has not begun.
   *
   * @throws IllegalArgumentException when there are no items to ask
   */
  public static Interview start(ItemBank bank, List<Traits> mix, Ability prior) {
    if (bank.size() == 0 || mix.isEmpty()) {
      throw new IllegalArgumentException(
          "an interview needs items with known answers; import or evaluate some first");
    }
    return new Interview(bank, mix, prior, List.of(), List.of());
  }

  /** With answers to more items. */
  public Interview answered(List<Integer> more, List<Double> correct) {
    List<Integer> asked = new ArrayList<>(items);
    asked.addAll(more);
    List<Double> known = new ArrayList<>(answers);
    known.addAll(correct);
    return new Interview(bank, mix, prior, asked, known);
  }

  /** The ability as known by now. */
  public Ability ability() {
    List<Ability.Seen> seen = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      seen.add(new Ability.Seen(bank.traits(items.get(i)), answers.get(i), 1));
    }
    return prior.given(seen);
  }

  /** Standard deviation of the accuracy predicted for the mix, luck apart. */
  public static double deviation(Ability ability, List<Traits> mix) {
    return Math.sqrt(ability.doubt(AbilityState.Mix.of(ability, mix).slope()));
  }

  /** Whether no more need be asked. */
  public boolean done() {
    return items.size() >= Math.min(MOST, bank.size()) || deviation(ability(), mix) <= PRECISE;
  }

  /** The next items to ask, by their place in the bank; empty when it is done. */
  public List<Integer> next() {
    if (items.size() >= Math.min(MOST, bank.size())) {
      return List.of();
    }
    var ability = ability();
    return deviation(ability, mix) <= PRECISE
        ? List.of()
        : best(ability, Math.min(BATCH, Math.min(MOST, bank.size()) - items.size()));
  }

  /** The next items to ask, however much is known already. */
  public List<Integer> best(int size) {
    return best(ability(), Math.min(size, bank.size() - items.size()));
  }

  /** The best items one after the other, each as if those before it had been answered. */
  private List<Integer> best(Ability ability, int size) {
    double[] matters = matters(ability, mix);
    var balance = new Balance(bank, items, size);
    Set<Integer> taken = new HashSet<>(items);
    List<Integer> batch = new ArrayList<>();
    var doubt = ability;
    while (batch.size() < size) {
      int best = -1;
      double most = -1;
      for (boolean balanced = true; best < 0; balanced = false) {
        for (int i = 0; i < bank.size(); i++) {
          if (!taken.contains(i) && (!balanced || balance.open(i))) {
            double fall = fall(doubt, bank.traits(i), matters) / bank.price()[i];
            if (fall > most) {
              most = fall;
              best = i;
            }
          }
        }
      }
      batch.add(best);
      taken.add(best);
      balance.add(best);
      var question = bank.traits(best);
      doubt = doubt.moved(question.demand(), information(doubt, question), 0);
    }
    return batch;
  }

  /** What one answer tells of the log-odds: Fisher's information, less for unsure difficulty. */
  static double information(Ability ability, Traits question) {
    double p = ability.p(question);
    return p * (1 - p) / Probit.stretch(question.variance());
  }

  /**
   * How much the mean predictive variance falls with one answer: tr(R Σ) − tr(R Σ′) = w (Σa)ᵀ R
   * (Σa) / (1 + w aᵀΣa), for an item a of information w.
   *
   * @param matters R, the mean over the mix of the outer products of slopes
   */
  static double fall(Ability ability, Traits question, double[] matters) {
    double[] demand = question.demand();
    int k = demand.length;
    double[] covariance = ability.covariance();
    double[] along = new double[k];
    double doubt = 0;
    for (int r = 0; r < k; r++) {
      for (int c = 0; c < k; c++) {
        along[r] += covariance[r * k + c] * demand[c];
      }
      doubt += demand[r] * along[r];
    }
    double sum = 0;
    for (int r = 0; r < k; r++) {
      for (int c = 0; c < k; c++) {
        sum += along[r] * matters[r * k + c] * along[c];
      }
    }
    double information = information(ability, question);
    return information * sum / (1 + information * doubt);
  }

  /** R: which directions of the ability move the forecasts of the mix. */
  static double[] matters(Ability ability, List<Traits> mix) {
    int k = ability.mean().length;
    double[] matters = new double[k * k];
    for (var question : mix) {
      double[] demand = question.demand();
      double p = ability.p(question);
      double steep =
          p * (1 - p) / Math.sqrt(Probit.stretch(ability.doubt(demand) + question.variance()));
      for (int r = 0; r < k; r++) {
        for (int c = 0; c < k; c++) {
          matters[r * k + c] += steep * steep * demand[r] * demand[c] / mix.size();
        }
      }
    }
    return matters;
  }

  /** Keeps each category near its share of the bank. */
  private static final class Balance {
    private final ItemBank bank;
    private final Map<String, Integer> asked = new HashMap<>();
    private final Map<String, Integer> room = new HashMap<>();

    private Balance(ItemBank bank, List<Integer> items, int more) {
      this.bank = bank;
      bank.categories().forEach(category -> room.merge(category, 1, Integer::sum));
      int after = items.size() + more;
      room.replaceAll((category, n) -> (int) Math.ceil((double) n * after / bank.size()));
      items.forEach(this::add);
    }

    private boolean open(int item) {
      var category = bank.categories().get(item);
      return asked.getOrDefault(category, 0) < room.getOrDefault(category, 0);
    }

    private void add(int item) {
      asked.merge(bank.categories().get(item), 1, Integer::sum);
    }
  }
}
