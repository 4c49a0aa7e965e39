package io.consilium.bench.cold;

import io.consilium.expert.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables of the cold-routing bench. */
final class ColdReport {
  private final String split;
  private final List<Labelled> questions;
  private final String version;
  private final int numbers;
  private final List<Score> scores = new ArrayList<>();
  private final StringBuilder experts = new StringBuilder();
  private final StringBuilder further = new StringBuilder();
  private final List<String> json = new ArrayList<>();

  ColdReport(String split, List<Labelled> questions, String version, int numbers) {
    this.split = split;
    this.questions = questions;
    this.version = version;
    this.numbers = numbers;
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

  /** How long decisions take: median and 99th percentile in microseconds, by roster. */
  void speed(Map<String, double[]> times) {
    further.append(
        """

        ## Time

        One decision on one thread, words, tags and the profile included, the embedding at hand; 5,000 after as many to
        warm up. The machine has two cores and other work, which the 99th percentile shows; the embedding adds 2 to 3 ms.

        | roster | median | 99th percentile |
        |---|---:|---:|
        """);
    times.forEach((roster, time) -> {
      further.append(
          String.format(Locale.ROOT, "| %s | %.0f µs | %.0f µs |\n", roster, time[0], time[1]));
      measure(roster, "decision_us_p50", time[0]);
      measure(roster, "decision_us_p99", time[1]);
    });
  }

  /** Whether P(right) comes true. */
  void calibration(Calibration seen) {
    int[] covered = seen.covered();
    further.append(
        String.format(
            Locale.ROOT,
            """

            ## Does P come true?

            Of every question, answerable or not, the best forecast and whether that expert was right. Expected calibration
            error %.3f (ten bins), Brier score %.3f (%.3f had every question got the overall share). The stated 80 %% interval is
            for an expert's true share at that P; it agrees with the share seen (80 %% intervals meet) for %d of the %d
            experts named at least eight times.

            | P stated | questions | mean P | right | mean interval |
            |---|---:|---:|---:|---:|
            """,
            seen.error(),
            seen.brier(),
            seen.brierOfShare(),
            covered[1],
            covered[0]));
    further.append(seen.rows());
    measure("cold router", "calibration_error", seen.error());
    measure("cold router", "brier", seen.brier());
  }

  void tools(int queries, Map<String, Double> shares) {
    further.append(
        """

        ## ToolE: the right one of 199 tools first

        %d queries of the dev split (0.60 ≤ h < 0.75), tools known by name and description only. The same router with the
        same numbers as above; they were fitted on rosters drawn from these tools with other queries (h < 0.60).

        | method | ranked first |
        |---|---:|
        """
            .formatted(queries));
    shares.forEach((method, share) -> {
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
        near-miss distractors, known by their cards only: description and signed skills, 25 to 89 phrases each. What
        ships beside the cards belongs to no roster: a general sentence embedder, patterns for what a question visibly is
        (a sum, a date, code, a complaint), the reading of symbols, and %d numbers. The numbers were fitted on rosters drawn
        from ToolE's tools and training queries; none of these experts or questions took part, but for the scales of likeness
        and blend and what speaks for nobody there (six numbers), which were fitted on the dev questions.

        Split `%s`: %d questions somebody in the roster answers, %d nobody does. *Reached* counts a question whose
        expert is one that answers it and from which the router did not abstain; *first* ignores abstaining.
        Baselines see the same cards and abstain below a threshold chosen on dev, where the mean of both shares is best.
        Chance is 1 in %d; the 95 %% interval of the first row's *reached* is %s.

        | method | reached | first | abstained, of those nobody answers |
        |---|---:|---:|---:|
        """
            .formatted(
                split,
                version,
                numbers,
                split,
                questions.size() - none,
                none,
                19,
                scores.getFirst().interval((int) (questions.size() - none))));
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

        Cards were tuned on dev, never on test; the distractors' too, so a row shows them cut to their first five skills.
        The test questions were written before the cards were last tuned, and not read for it, but in the same style as those of
        dev: a row leaves out those close to a dev question (cosine above 0.8). Questions of other people will be harder.

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
