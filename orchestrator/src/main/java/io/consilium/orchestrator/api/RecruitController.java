package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Roster;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.PinnedDecider;
import io.consilium.orchestrator.routers.Evidence;
import io.consilium.router.fit.Recruit;
import io.consilium.router.records.Records;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Names a team of experts for questions like some examples. */
@RestController
public final class RecruitController {
  private static final String PATH = "/v1/recruit";
  private static final int MOST_EXAMPLES = 1_000;
  private static final int FEWEST_ITEMS = 10;
  private static final List<String> KEYS = List.of("name", "examples", "size", "least_gain");
  private static final List<String> EXAMPLE = List.of("question", "correct");

  private final Evidence evidence;
  private final Orchestrator orchestrator;
  private final Bodies bodies;

  public RecruitController(Evidence evidence, Orchestrator orchestrator, Bodies bodies) {
    this.evidence = evidence;
    this.orchestrator = orchestrator;
    this.bodies = bodies;
  }

  @PostMapping(PATH)
  public void recruit(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var given = new Given(bodies.read(request), "").only(KEYS);
    var name = Optional.ofNullable(given.text("name")).orElse("team");
    int size = given.whole("size", 1, 16, 3);
    var least = given.number("least_gain", 0, 1, "a share from 0 to 1");
    var nodes = given.value("examples");
    if (nodes == null || !nodes.isArray() || nodes.isEmpty() || nodes.size() > MOST_EXAMPLES) {
      throw ExpertException.invalid(
          "examples",
          "'examples' must be an array of 1 to %,d objects, each with a question and, if known, 'correct': {\"expert\": 0..1}"
              .formatted(MOST_EXAMPLES));
    }
    var roster = orchestrator.roster();
    var questions = new ArrayList<Given>();
    for (int i = 0; i < nodes.size(); i++) {
      var example = new Given(nodes.get(i), "examples[%d].".formatted(i)).only(EXAMPLE);
      example.required("question");
      questions.add(example);
    }
    var records = evidence.enough(roster, FEWEST_ITEMS).records();
    int[] among =
        IntStream.range(0, records.experts().size())
            .filter(column -> roster.find(records.experts().get(column)).isPresent())
            .toArray();
    if (among.length == 0) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          "outcomes are on record of %s only, and none of them is registered; register one, or give its card the recorded name as an alias"
              .formatted(String.join(", ", records.experts())));
    }
    var examples = examples(questions, records, roster);
    var profiles = evidence.profiles(records, (share, doing) -> {});
    var recruit =
        new Recruit(
            records, profiles.stream().map(each -> each.embedding().orElseThrow()).toList());
    var team = recruit.team(examples, among, size, least == null ? 0.005 : least);

    var root = Json.object().put("name", name);
    var experts = root.putArray("experts");
    var members = root.putArray("team");
    for (var member : team) {
      experts.add(member.expert());
      members
          .addObject()
          .put("expert", member.expert())
          .put("alone", member.alone())
          .put("gain", member.gain())
          .put("together", member.together())
          .put(
              "fails_with_team",
              Double.isNaN(member.failsWithTeam()) ? null : (Double) member.failsWithTeam());
    }
    root.put("examples", examples.size()).put("learnt_from", records.items().size());
    team.forEach(member -> root.withObject("consilium").withArray("pin").add(member.expert()));
    Bodies.write(200, root, response);
  }

  private List<Recruit.Example> examples(List<Given> given, Records records, Roster roster) {
    List<double[]> labels = new ArrayList<>();
    for (var example : given) {
      double[] correct = new double[records.experts().size()];
      Arrays.fill(correct, Double.NaN);
      var said = example.value("correct");
      if (said != null) {
        if (!said.isObject()) {
          throw example.wrong("correct", "an object such as {\"expert\": 1}", said);
        }
        said.propertyNames()
            .forEach(expert -> label(example, said, expert, records, roster, correct));
      }
      labels.add(correct);
    }
    var vectors =
        evidence
            .embedder()
            .embed(given.stream().map(example -> example.required("question")).toList());
    return IntStream.range(0, labels.size())
        .mapToObj(i -> new Recruit.Example(vectors.get(i), labels.get(i)))
        .toList();
  }

  private static void label(
      Given example,
      JsonNode said,
      String expert,
      Records records,
      Roster roster,
      double[] correct) {
    var name = Evidence.name(expert, roster);
    int column = records.column(name);
    if (roster.find(name).isEmpty() && column < 0) {
      throw PinnedDecider.unknown(expert, roster).about(example.path() + "correct." + expert);
    }
    var labels = new Given(said, example.path() + "correct.");
    var score = labels.number(expert, 0, 1, "a score from 0 to 1");
    if (score != null && column >= 0) {
      correct[column] = score;
    }
  }
}
