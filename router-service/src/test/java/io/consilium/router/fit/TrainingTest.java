package io.consilium.router.fit;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Roster;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingTest {
  /** Counts how often it is asked to learn. */
  private static final class FakeMethod implements Method {
    private final boolean random;
    private int fits;

    private FakeMethod(boolean random) {
      this.random = random;
    }

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public boolean random() {
      return random;
    }

    @Override
    public Estimator fit(Training training) {
      fits++;
      return new Estimator() {
        @Override
        public String name() {
          return "fake";
        }

        @Override
        public Estimates estimate(QuestionProfile profile, Roster roster) {
          return Estimates.none(0);
        }
      };
    }
  }

  private static Training training() {
    var records = new Records.Builder();
    for (int i = 0; i < 9; i++) {
      records.item(new Item("q" + i, "question " + i, "", i / 9.0));
      records.add("q" + i, "a", i % 2, 0, 0);
    }
    var built = records.build();
    var profiles =
        built.items().stream()
            .map(item ->
                QuestionProfiler.recorded(
                    item.text(), SkillTags.shipped(), text -> Optional.of(new float[] {1, 0})))
            .toList();
    return Training.of(built, profiles, "one-word", 2, 1);
  }

  @Test
  void whatDoesNotDependOnTheSeedIsLearntOnce() {
    var training = training();
    var method = new FakeMethod(false);

    assertThat(training.fit(method)).isSameAs(training.seeded(2).fit(method));
    int[] rows = {0, 2, 4};
    assertThat(training.rows(rows).fit(method)).isSameAs(training.seeded(2).rows(rows).fit(method));
    assertThat(training.rows(new int[] {0, 2}).fit(method))
        .isNotSameAs(training.rows(rows).fit(method));
    assertThat(method.fits).isEqualTo(3);
  }

  @Test
  void whatDoesIsLearntOncePerSeedAndNotKeptOfAnInnerFold() {
    var training = training();
    var method = new FakeMethod(true);

    assertThat(training.fit(method)).isSameAs(training.fit(method));
    assertThat(training.fit(method)).isNotSameAs(training.seeded(2).fit(method));
    var inner = training.rows(new int[] {0, 2, 4});
    assertThat(inner.fit(method)).isNotSameAs(inner.fit(method));
    assertThat(method.fits).isEqualTo(4);
  }

  @Test
  void anInnerFoldHoldsItsRowsInTheSameSpace() {
    var training = training();

    var inner = training.seeded(7).rows(new int[] {8, 1});

    assertThat(inner.records().items().stream().map(Item::id)).containsExactly("q8", "q1");
    assertThat(inner.vectors())
        .isEqualTo(List.of(training.vectors().get(8), training.vectors().get(1)));
    assertThat(inner.space()).isSameAs(training.space());
    assertThat(inner.seed()).isEqualTo(7);
    assertThat(training.folds())
        .as("floor(10,000 h) mod 3 of 0, 1111, 2222, 3333")
        .startsWith(0, 1, 2, 0);
  }
}
