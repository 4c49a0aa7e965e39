package io.consilium.router.records;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Outcomes as a table, items by experts: how right each was, what it cost, how long its answer was.
 * Cells may be missing. Immutable.
 */
public final class Records {
  private final List<String> experts;
  private final List<Item> items;
  private final float[][] correct; // [item][expert], NaN where nothing was observed
  private final float[][] usd;
  private final float[][] tokens;

  private Records(
      List<String> experts, List<Item> items, float[][] correct, float[][] usd, float[][] tokens) {
    this.experts = experts;
    this.items = items;
    this.correct = correct;
    this.usd = usd;
    this.tokens = tokens;
  }

  /** The experts, in column order. */
  public List<String> experts() {
    return experts;
  }

  /** The items, in row order. */
  public List<Item> items() {
    return items;
  }

  /** Whether this expert was observed on this item. */
  public boolean known(int item, int expert) {
    return !Float.isNaN(correct[item][expert]);
  }

  /** How right the expert was, 0 to 1; NaN where it was not observed. */
  public double correct(int item, int expert) {
    return correct[item][expert];
  }

  /** What the call cost in US dollars (or in the records' own unit); NaN where unknown. */
  public double usd(int item, int expert) {
    return usd[item][expert];
  }

  /** Output tokens; NaN where unknown. */
  public double tokens(int item, int expert) {
    return tokens[item][expert];
  }

  /** Whether every expert was observed on this item. */
  public boolean complete(int item) {
    return IntStream.range(0, experts.size()).allMatch(expert -> known(item, expert));
  }

  /** The column of an expert, or -1. */
  public int column(String expert) {
    return experts.indexOf(expert);
  }

  /** The rows that hold, in order. */
  public Records where(IntPredicate rows) {
    return rows(IntStream.range(0, items.size()).filter(rows).toArray());
  }

  /** Some rows, in the order given. */
  public Records rows(int[] rows) {
    return new Records(
        experts,
        Arrays.stream(rows).mapToObj(items::get).toList(),
        pick(correct, rows),
        pick(usd, rows),
        pick(tokens, rows));
  }

  private static float[][] pick(float[][] table, int[] rows) {
    return Arrays.stream(rows).mapToObj(row -> table[row]).toArray(float[][]::new);
  }

  /**
   * Some experts, in the order given.
   *
   * @throws IllegalArgumentException when one is not in these records
   */
  public Records experts(List<String> chosen) {
    int[] columns = chosen.stream().mapToInt(this::column).toArray();
    for (int i = 0; i < columns.length; i++) {
      if (columns[i] < 0) {
        throw new IllegalArgumentException("no outcomes of " + chosen.get(i) + " are on record");
      }
    }
    return new Records(
        List.copyOf(chosen), items, cut(correct, columns), cut(usd, columns), cut(tokens, columns));
  }

  private static float[][] cut(float[][] table, int[] columns) {
    float[][] cut = new float[table.length][columns.length];
    for (int row = 0; row < table.length; row++) {
      for (int c = 0; c < columns.length; c++) {
        cut[row][c] = table[row][columns[c]];
      }
    }
    return cut;
  }

  /** Collects outcomes in any order. Items and experts keep the order of their first mention. */
  public static final class Builder {
    private final Map<String, Integer> columns = new HashMap<>();
    private final List<String> experts = new ArrayList<>();
    private final Map<String, Integer> rows = new HashMap<>();
    private final List<Item> items = new ArrayList<>();
    private final List<List<Cell>> cells = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();

    private record Cell(int expert, float correct, float usd, float tokens) {}

    /** Names an expert, so that columns stand in the order wanted; naming twice is fine. */
    public Builder expert(String expert) {
      column(expert);
      return this;
    }

    private int column(String expert) {
      return columns.computeIfAbsent(
          expert,
          name -> {
            experts.add(name);
            return experts.size() - 1;
          });
    }

    /**
     * Adds an item.
     *
     * @throws IllegalArgumentException when another item has its id
     */
    public Builder item(Item item) {
      var row = rows.putIfAbsent(item.id(), items.size());
      if (row == null) {
        items.add(item);
        cells.add(new ArrayList<>());
      } else if (!items.get(row).equals(item)) {
        throw new IllegalArgumentException("two items have the id " + item.id());
      }
      return this;
    }

    /**
     * Adds what was observed of one expert on an item added before.
     *
     * @param correct 0 to 1
     * @param usd the price, 0 or more; NaN when unknown
     * @param tokens output tokens, 0 or more; NaN when unknown
     * @throws IllegalArgumentException when a number is out of range, the item is not known, or the
     *     expert was already observed on it
     */
    public Builder add(String item, String expert, double correct, double usd, double tokens) {
      var row = rows.get(item);
      if (row == null) {
        throw new IllegalArgumentException("there is no item " + item);
      }
      if (!(correct >= 0 && correct <= 1)) {
        throw new IllegalArgumentException("correct lies between 0 and 1, not " + correct);
      }
      if (usd < 0 || Double.isInfinite(usd)) {
        throw new IllegalArgumentException("a price is 0 or more, not " + usd);
      }
      if (tokens < 0 || Double.isInfinite(tokens)) {
        throw new IllegalArgumentException("tokens are 0 or more, not " + tokens);
      }
      int column = column(expert);
      if (!seen.add((long) row << 32 | column)) {
        throw new IllegalArgumentException(
            "%s was already observed on item %s".formatted(expert, item));
      }
      cells.get(row).add(new Cell(column, (float) correct, (float) usd, (float) tokens));
      return this;
    }

    /** The table. */
    public Records build() {
      float[][] correct = empty();
      float[][] usd = empty();
      float[][] tokens = empty();
      for (int row = 0; row < items.size(); row++) {
        for (var cell : cells.get(row)) {
          correct[row][cell.expert] = cell.correct;
          usd[row][cell.expert] = cell.usd;
          tokens[row][cell.expert] = cell.tokens;
        }
      }
      return new Records(List.copyOf(experts), List.copyOf(items), correct, usd, tokens);
    }

    private float[][] empty() {
      float[][] table = new float[items.size()][experts.size()];
      for (var row : table) {
        Arrays.fill(row, Float.NaN);
      }
      return table;
    }
  }
}
