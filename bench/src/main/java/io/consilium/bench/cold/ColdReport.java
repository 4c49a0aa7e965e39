package io.consilium.bench.cold;

import io.consilium.expert.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables of the cold-routing bench. */
final class ColdReport {
  private final String split;
  private final List<Labelled> questions;
  private final String version;
  private final List<Score> scores = new ArrayList<>();
  private final StringBuilder experts = new StringBuilder();
  private final StringBuilder further = new StringBuilder();
  private final List<String> json = new ArrayList<>();

  ColdReport(String split, List<Labelled> questions, String version) {
    this.split = split;
    this.questions = questions;
    this.version = version;
  }

  void add(Score score) {
    scores.add(score);
    var method = score.method().replace("*", "");
    measure(method, "reached", score.reached());
    measure(method, "first", score.first());
    measure(method, "abstained", score.abstained());
  }

  private void measure(String method, String what, double value) {
    json.add(
        Json.object()
            .put("bench", "cold-routing")
            .put("split", split)
            .put("method", method)
            .put("measure", what)
            .put("value", value)
            .toString());
  }

  /** One row per expert: how many of its questions reached it, and whose questions it took. */
  void experts(List<String> ids, List<Guess> guesses) {
    List<String> rows = new ArrayList<>(ids);
    rows.add("none");
    for (var id : rows) {
      int asked = 0;
      int right = 0;
      int silent = 0;
      int taken = 0;
      for (int i = 0; i < questions.size(); i++) {
        var question = questions.get(i);
        var guess = guesses.get(i);
        boolean hit =
            question.right().isEmpty()
                ? guess.abstains()
                : !guess.abstains() && question.right().contains(guess.expert());
        if (question.expert().equals(id)) {
          asked++;
          right += hit ? 1 : 0;
          silent += guess.abstains() ? 1 : 0;
        } else if (!hit && !guess.abstains() && guess.expert().equals(id)) {
          taken++;
        }
      }
      experts.append(
          "| `%s` | %d | %d | %d | %s |\n"
              .formatted(
                  id, asked, right, silent, id.equals("none") ? "" : Integer.toString(taken)));
    }
  }

  void speed(double[] microseconds) {
    further.append(
        String.format(
            Locale.ROOT,
            """

            ## Time

            One decision over %s cards, tags and words included, the embedding at hand: median %.0f µs, 99th
            percentile %.0f µs (5,000 decisions on one thread after as many to warm up; the machine was shared).
            """,
            "the bench's",
            microseconds[0],
            microseconds[1]));
    measure("cold router", "decision_us_p50", microseconds[0]);
    measure("cold router", "decision_us_p99", microseconds[1]);
  }

  void tools(Map<String, Double> shares) {
    Map<String, Double> methods = new LinkedHashMap<>(shares);
    double queries = methods.getOrDefault("queries", 0.0);
    methods.remove("queries");
    further.append(
        """

        ## ToolE: the right one of 199 tools first

        %.0f queries of the dev split (0.60 ≤ h < 0.75), tools known by name and description only; no query
        was used for fitting. The same router with the same numbers as above.

        | method | ranked first |
        |---|---:|
        """
            .formatted(queries));
    methods.forEach((method, share) -> {
      further.append(String.format(Locale.ROOT, "| %s | %.3f |\n", method, share));
      measure(method.replace("*", ""), "toole_first", share);
    });
  }

  List<String> errors(List<Guess> guesses) {
    List<String> errors = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      var question = questions.get(i);
      var guess = guesses.get(i);
      boolean hit =
          question.right().isEmpty()
              ? guess.abstains()
              : !guess.abstains() && question.right().contains(guess.expert());
      if (!hit) {
        errors.add(
            String.format(
                Locale.ROOT,
                "%s -> %s%s %.2f  %s",
                question.expert(),
                guess.abstains() ? "abstain, first " : "",
                guess.expert(),
                guess.score(),
                question.text().replace('\n', ' ')));
      }
    }
    return errors;
  }

  String markdown() {
    long none = questions.stream().filter(question -> question.right().isEmpty()).count();
    var text = new StringBuilder();
    text.append(
        """
        # Cold routing

        Made by `bench cold-routing --split %s`; router `%s`. The roster is the five bundled experts and fourteen
        near-miss distractors. No outcome and no labelled test question was used. Not by descriptions and skills alone:
        a taxonomy of topics with example phrases, written with this roster's fields and the dev questions in view,
        ships with the router, so read these shares as an upper bound for fields it has no topic for.

        Split `%s`: %d questions somebody in the roster answers, %d nobody does. *Reached* counts a question whose
        expert is one that answers it and from which the router did not abstain; *first* ignores abstaining.
        Baselines abstain below a threshold chosen on dev, where the mean of both shares is best. Chance is 1 in %d.

        | method | reached | first | abstained, of those nobody answers |
        |---|---:|---:|---:|
        """
            .formatted(split, version, split, questions.size() - none, none, 19));
    for (var score : scores) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f %% | %.1f %% | %.1f %% |\n",
              score.method(),
              100 * score.reached(),
              100 * score.first(),
              100 * score.abstained()));
    }
    text.append(
        """

        ## By expert

        | expert | questions | right | abstained | taken from others |
        |---|---:|---:|---:|---:|
        """);
    return text.append(experts).append(further).toString();
  }

  List<String> json() {
    return List.copyOf(json);
  }
}
