package io.consilium.router.ability;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Questions whose difficulty is known better than from their text, because others have answered
 * them: what a new expert is interviewed with.
 *
 * @param ids of the items
 * @param categories of the items, for balance; empty strings where there are none
 * @param demand per item a₀(x), a(x) and 1
 * @param difficulty per item, the posterior mean
 * @param variance of the difficulty
 * @param price per item, as a multiple of the mean item's price; 1 where unknown
 */
public record ItemBank(
    List<String> ids,
    List<String> categories,
    double[][] demand,
    double[] difficulty,
    double[] variance,
    double[] price) {
  public ItemBank {
    ids = List.copyOf(ids);
    categories = List.copyOf(categories);
    int n = ids.size();
    if (categories.size() != n
        || demand.length != n
        || difficulty.length != n
        || variance.length != n
        || price.length != n) {
      throw new IllegalArgumentException("an item bank's columns must be equally long");
    }
  }

  /** How many items. */
  public int size() {
    return ids.size();
  }

  /** What an item asks. */
  public Traits traits(int item) {
    return new Traits(demand[item], difficulty[item], variance[item]);
  }

  /** All items. */
  public List<Traits> all() {
    List<Traits> all = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      all.add(traits(i));
    }
    return all;
  }

  /** Some of the items, in the order given. */
  public ItemBank only(int[] items) {
    return new ItemBank(
        Arrays.stream(items).mapToObj(ids::get).toList(),
        Arrays.stream(items).mapToObj(categories::get).toList(),
        Arrays.stream(items).mapToObj(i -> demand[i]).toArray(double[][]::new),
        Arrays.stream(items).mapToDouble(i -> difficulty[i]).toArray(),
        Arrays.stream(items).mapToDouble(i -> variance[i]).toArray(),
        Arrays.stream(items).mapToDouble(i -> price[i]).toArray());
  }
}
