package io.consilium.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.router.records.Item;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutingOptionsTest {
  private static RoutingOptions parse(String text) {
    return RoutingOptions.parse("routing", Rows.all(), text.split(" "));
  }

  @Test
  void writesTheCheckedInReportForTheStandardRunOnly() {
    assertThat(parse("--data d").standard()).isTrue();
    assertThat(parse("--data d --folds 5 --json f").standard()).isTrue();
    for (var other :
        List.of("--pools small-11", "--train 0:0.5", "--seed 2", "--rows oracle", "--folds 3")) {
      assertThat(parse("--data d " + other).standard()).as(other).isFalse();
    }
  }

  @Test
  void bothWaysOfPartingQuestionsAreMeasuredForTheReportOrWhenAsked() {
    assertThat(parse("--data d").protocols()).isEqualTo(2);
    assertThat(parse("--data d --rows oracle").protocols()).isEqualTo(1);
    assertThat(parse("--data d --rows oracle --both").protocols()).isEqualTo(2);
    assertThat(parse("--data d --both").command()).isEqualTo(" --both");
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> parse("--data d --both --folds 3"))
        .hasMessageContaining("--both measures five folds");
    assertThatThrownBy(() -> parse("--pools small-11")).hasMessageContaining("--data is needed");
    assertThatThrownBy(() -> parse("--data d --pools x")).hasMessageContaining("no pool is called");
    assertThatThrownBy(() -> parse("--data d --rows x")).hasMessageContaining("no row x");
    assertThatThrownBy(() -> parse("--data d --folds 1")).hasMessageContaining("from 2 to 100");
    assertThatThrownBy(() -> parse("--data d --train 0:0.7")).hasMessageContaining("overlap");
    assertThatThrownBy(() -> parse("--date d")).hasMessageContaining("Unknown option '--date'");
    assertThatThrownBy(() -> parse("--data")).hasMessageContaining("needs a value");
  }

  @Test
  void partsQuestionsByTheirHash() {
    double[] hashes = {0.1, 0.59995, 0.6, 0.7, 0.75, 0.9};
    List<Item> items =
        java.util.Arrays.stream(hashes).mapToObj(h -> new Item("q" + h, "q", "", h)).toList();
    var options = parse("--data d");
    var once = new Split(0, options.train(), options.test()).of(items);
    assertThat(once).hasSize(1);
    assertThat(once.getFirst().train()).containsExactly(0, 1);
    assertThat(once.getFirst().test()).containsExactly(2, 3);
    var folds = new Split(5, options.train(), options.test()).of(items);
    assertThat(folds).hasSize(5);
    // floor(10,000 h) mod 5: 1000, 5999, 6000, 7000 -> 0, 4, 0, 0
    assertThat(folds.get(0).test()).containsExactly(0, 2, 3);
    assertThat(folds.get(0).train()).containsExactly(1);
    assertThat(folds.get(4).test()).containsExactly(1);
  }
}
