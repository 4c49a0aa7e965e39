package io.consilium.bench.routing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tape as seen over one draw of questions; what several figures need is computed once. */
final class Look {
  private final Field field;
  private final Tape tape;
  private final Tape single;
  private final Draw draw;
  private @Nullable List<double[]> points;

  /**
   * A look.
   *
   * @param single the tape of the best single expert, which some figures are relative to
   */
  Look(Field field, Tape tape, Tape single, Draw draw) {
    this.field = field;
    this.tape = tape;
    this.single = single;
    this.draw = draw;
  }

  Field field() {
    return field;
  }

  Tape tape() {
    return tape;
  }

  Tape single() {
    return single;
  }

  Draw draw() {
    return draw;
  }

  /** Mean price of every expert. */
  double[] costs() {
    return draw.costs(field);
  }

  /** (mean cost, mean quality) of every distinct setting. */
  List<double[]> points() {
    var known = points;
    if (known == null) {
      known = new ArrayList<>();
      for (int setting : tape.distinct()) {
        known.add(new double[] {draw.mean(tape.cost(setting)), draw.mean(tape.correct(setting))});
      }
      points = known;
    }
    return known;
  }
}
