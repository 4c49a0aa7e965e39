package io.consilium.bench.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GatewayReportTest {
  private final Measures measures = new Measures(() -> 0.25);

  @Test
  void throughputIsJudgedAsAMultipleOfThePeers() {
    measures.add(Target.OURS, "instant-pinned", "rps", 6_000);
    measures.add(Target.PORTKEY, "instant-pinned", "rps", 1_500);
    measures.add(Target.THIN, "instant-pinned", "rps", 10_000);

    List<Claim> claims = Claim.of(measures, 2_000);

    assertThat(claims.get(0).measured()).hasValue(4);
    assertThat(claims.get(0).verdict()).isEqualTo(Claim.Verdict.PASS);
    assertThat(claims.get(1).measured()).hasValue(0.6);
    assertThat(claims.get(1).verdict()).isEqualTo(Claim.Verdict.MISS);
  }

  @Test
  void firstMinuteIsAShareOfSteadyState() {
    measures.add(Target.OURS, "first-minute", "rps", 4_500);
    measures.add(Target.OURS, "instant-pinned", "rps", 6_000);

    assertThat(Claim.of(measures, 2_000).get(3).measured()).hasValue(0.75);
  }

  @Test
  void promiseThatWasNotLookedAtIsNeitherKeptNorBroken() {
    assertThat(Claim.of(measures, 2_000))
        .allSatisfy(claim -> assertThat(claim.verdict()).isEqualTo(Claim.Verdict.NOT_MEASURED));
  }

  @Test
  void ceilingHoldsAtItsBoundAndBreaksAboveIt() {
    assertThat(ceiling(2).verdict()).isEqualTo(Claim.Verdict.PASS);
    assertThat(ceiling(2.01).verdict()).isEqualTo(Claim.Verdict.MISS);
  }

  @Test
  void pageShowsPromisesAndATablePerScenario() {
    measures.add(Target.DIRECT, "instant-pinned", "p50_ms", 0.011);
    measures.add(Target.OURS, "instant-pinned", "p50_ms", 0.2);
    measures.add(Target.OURS, "instant-pinned", "rps", 6_000);

    String page =
        GatewayReport.markdown(
            LocalDate.of(2026, 11, 24),
            List.of("One machine."),
            Claim.of(measures, 2_000),
            measures.all());

    assertThat(page)
        .contains("on 2026-11-24")
        .contains("- One machine.")
        .contains("| added p99 at concurrency 1, pinned expert | – | ≤ 2 ms | not measured |")
        .contains("## instant-pinned")
        .contains("| target | p50_ms | rps | load average |")
        .contains("| direct | 0.011 | – | 0.25 |")
        .contains("| ours | 0.200 | 6000 | 0.25 |");
  }

  @Test
  void everyMeasureIsOneJsonLine() {
    measures.add(Target.OURS, "instant-pinned", "rps", 1234.5);

    JsonNode line = JsonMapper.builder().build().readTree(GatewayReport.jsonLines(measures.all()));

    assertThat(line.path("bench").asString()).isEqualTo("gateway");
    assertThat(line.path("target").asString()).isEqualTo("ours");
    assertThat(line.path("scenario").asString()).isEqualTo("instant-pinned");
    assertThat(line.path("metric").asString()).isEqualTo("rps");
    assertThat(line.path("value").asDouble()).isEqualTo(1234.5);
    assertThat(line.path("load").asDouble()).isEqualTo(0.25);
  }

  @Test
  void medianIsTheMiddleOrTheMeanOfTheMiddleTwo() {
    assertThat(Measures.median(3, 1, 2)).isEqualTo(2);
    assertThat(Measures.median(4, 1, 2, 3)).isEqualTo(2.5);
    assertThat(Measures.ratio(OptionalDouble.of(1), OptionalDouble.of(0))).isEmpty();
  }

  @Test
  void optionsSayWhatIsWrongWithThem() {
    assertThatThrownBy(() -> Options.parse(new String[] {"--targets", "ours,kong"}))
        .hasMessageContaining("kong")
        .hasMessageContaining("portkey");
    assertThatThrownBy(() -> Options.parse(new String[] {"--seconds", "soon"}))
        .hasMessageContaining("soon");
    assertThatThrownBy(() -> Options.parse(new String[] {"--json"}))
        .hasMessageContaining("needs a value");
    assertThatThrownBy(() -> Options.parse(new String[] {"--fast"})).hasMessageContaining("--fast");
  }

  @Test
  void directMockIsAlwaysMeasured() {
    assertThat(Target.list("portkey,ours"))
        .isEqualTo(Arrays.asList(Target.DIRECT, Target.OURS, Target.PORTKEY));
  }

  private static Claim ceiling(double measured) {
    return new Claim("", OptionalDouble.of(measured), false, 2, "ms");
  }
}
