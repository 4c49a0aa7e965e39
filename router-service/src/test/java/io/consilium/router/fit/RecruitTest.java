package io.consilium.router.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecruitTest {
  private static final float[] MATHS = {1, 0};
  private static final float[] LAW = {0, 1};
  private static final double[] UNKNOWN = {Double.NaN, Double.NaN, Double.NaN};

  /**
   * Forty questions of each subject: "maths" is right in maths only, "law" in law only, "copy" as
   * maths but once less.
   */
  private static Recruit recruit() {
    List<float[]> vectors = new ArrayList<>();
    var records = new Records.Builder().expert("maths").expert("copy").expert("law");
    for (int i = 0; i < 80; i++) {
      boolean maths = i < 40;
      var id = "q" + i;
      records.item(new Item(id, id, "", 0.5));
      records.add(id, "maths", maths ? 1 : 0, 0, 0);
      records.add(id, "copy", maths && i != 0 ? 1 : 0, 0, 0);
      records.add(id, "law", maths ? 0 : 1, 0, 0);
      vectors.add(maths ? MATHS : LAW);
    }
    return new Recruit(records.build(), vectors);
  }

  @Test
  void anExpertThatFailsTogetherWithTheTeamIsNotAdded() {
    var team =
        recruit()
            .team(
                List.of(
                    new Recruit.Example(MATHS, UNKNOWN),
                    new Recruit.Example(MATHS, UNKNOWN),
                    new Recruit.Example(LAW, UNKNOWN)),
                new int[] {0, 1, 2},
                3,
                0.05);

    assertThat(team).extracting(Recruit.Member::expert).containsExactly("maths", "law");
    assertThat(team.get(1).together()).isGreaterThan(0.9);
    assertThat(team.get(1).failsWithTeam()).isLessThan(0.1);
    assertThat(team.getFirst().failsWithTeam()).isNaN();
  }

  @Test
  void examplesOfOneKindNeedOneExpert() {
    var team =
        recruit().team(List.of(new Recruit.Example(LAW, UNKNOWN)), new int[] {0, 1, 2}, 3, 0.05);

    assertThat(team).extracting(Recruit.Member::expert).containsExactly("law");
  }

  @Test
  void aLabelCountsMoreThanWhatIsSimilar() {
    var team =
        recruit()
            .team(
                List.of(new Recruit.Example(MATHS, new double[] {0, 1, 0})),
                new int[] {0, 1, 2},
                2,
                0.05);

    assertThat(team).extracting(Recruit.Member::expert).containsExactly("copy");
    assertThat(team.getFirst().alone()).isEqualTo(1, within(1e-9));
  }

  @Test
  void gainsAddUpAndNeverGrow() {
    var team =
        recruit()
            .team(
                List.of(new Recruit.Example(MATHS, UNKNOWN), new Recruit.Example(LAW, UNKNOWN)),
                new int[] {0, 1, 2},
                3,
                0);

    double[] gains = team.stream().mapToDouble(Recruit.Member::gain).toArray();
    assertThat(Arrays.stream(gains).sum()).isEqualTo(team.getLast().together(), within(1e-9));
    for (int i = 1; i < gains.length; i++) {
      assertThat(gains[i]).isLessThanOrEqualTo(gains[i - 1] + 1e-12);
    }
  }

  @Test
  void aTeamNeedsExamplesAndCandidates() {
    assertThatThrownBy(() -> recruit().team(List.of(), new int[] {0}, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> recruit().team(List.of(new Recruit.Example(LAW, UNKNOWN)), new int[] {}, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
