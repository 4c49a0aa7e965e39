package io.consilium.bench.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.tools.retrieval.ToolWeights.Signal;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListwiseFitTest {
  private static final int SIGNALS = Signal.values().length;

  /** Two candidates, the first right: words speak for it, meaning against it, names say nothing. */
  private static ListwiseFit.Choice choice() {
    double[][] signals = new double[2][SIGNALS];
    signals[0][ListwiseFit.place(Signal.WORDS)] = 1;
    signals[1][ListwiseFit.place(Signal.MEANING)] = 1;
    return new ListwiseFit.Choice(signals, new double[] {1, 0});
  }

  @Test
  void whatSpeaksForTheRightToolGainsAndWhatSpeaksAgainstItFallsToZero() {
    double[] start = new double[SIGNALS];
    start[ListwiseFit.place(Signal.WORDS)] = 0.3;
    start[ListwiseFit.place(Signal.MEANING)] = 0.3;

    double[] fitted =
        ListwiseFit.fit(List.of(choice()), start, EnumSet.of(Signal.WORDS, Signal.MEANING));

    assertThat(fitted[ListwiseFit.place(Signal.WORDS)]).isGreaterThan(1);
    assertThat(fitted[ListwiseFit.place(Signal.MEANING)]).isZero();
  }

  @Test
  void whatIsNotFreeStaysAsItStarts() {
    double[] start = new double[SIGNALS];
    start[ListwiseFit.place(Signal.MEANING)] = 0.3;

    double[] fitted = ListwiseFit.fit(List.of(choice()), start, EnumSet.of(Signal.WORDS));

    assertThat(fitted[ListwiseFit.place(Signal.MEANING)]).isEqualTo(0.3);
  }
}
