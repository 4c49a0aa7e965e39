package io.consilium.router.replay;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Policy;
import io.consilium.router.Planner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What a replay plays: a policy and how its planner explores. Read from YAML; every key may be left
 * out, and an unknown one is an error:
 *
 * <pre>
 * policy: balanced     # quality, balanced or economy; what follows overrides it
 * value: 0.10          # US dollars a right answer is worth
 * price-weight: 1.0    # how much a dollar of price counts
 * second-usd: 0.001    # US dollars a second of waiting costs
 * minimum: 0.5         # the least P(correct) worth answering with
 * risk: 0.05           # at most so many answers may be wrong, else abstain
 * budget-usd: 0.01     # the most an answer may be expected to cost
 * pin: [a, b]          # only these experts
 * exclude: [c]         # not these
 * epsilon: 0           # share of questions that explore
 * within: 0.05         # explore only plans within this share of the value
 * </pre>
 *
 * @param policy what the caller wants
 * @param planner makes plans for it
 */
public record ReplayPolicy(Policy policy, Planner planner) {
  private static final Set<String> KEYS =
      Set.of(
          "policy",
          "value",
          "price-weight",
          "second-usd",
          "minimum",
          "risk",
          "budget-usd",
          "pin",
          "exclude",
          "epsilon",
          "within");

  /**
   * Reads a file.
   *
   * @throws ExpertException when it cannot be read or holds something that is no policy
   */
  public static ReplayPolicy read(Path file) {
    try {
      return parse(Files.readString(file), String.valueOf(file.getFileName()));
    } catch (NoSuchFileException e) {
      throw ExpertException.invalid(
          "policy", file + " is not there; give the path of a policy file");
    } catch (IOException e) {
      throw ExpertException.invalid(
          "policy", "%s cannot be read as UTF-8 text: %s".formatted(file, e.getMessage()));
    }
  }

  /**
   * Reads a text, YAML or JSON.
   *
   * @param name of it in complaints
   * @throws ExpertException when it holds something that is no policy
   */
  public static ReplayPolicy parse(String text, String name) {
    Object read;
    try {
      read = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark();
      throw wrong(
          name,
          "line %d: is no valid YAML: %s"
              .formatted(mark == null ? 1 : mark.getLine() + 1, e.getProblem()));
    } catch (YAMLException e) {
      throw wrong(name, "is no valid YAML: " + e.getMessage());
    }
    if (read == null) {
      read = Map.of();
    }
    if (!(read instanceof Map<?, ?> fields)) {
      throw wrong(name, "a policy is a list of 'key: value' lines");
    }
    for (var key : fields.keySet()) {
      if (!KEYS.contains(String.valueOf(key))) {
        throw wrong(
            name,
            "there is no key '%s'; there are %s"
                .formatted(key, String.join(", ", new TreeSet<>(KEYS))));
      }
    }
    var preset = preset(name, fields.get("policy"));
    var policy =
        new Policy(
            preset.name(),
            number(name, fields, "value", preset.value()),
            number(name, fields, "price-weight", preset.priceWeight()),
            number(name, fields, "second-usd", preset.secondUsd()),
            number(name, fields, "minimum", preset.minimum()),
            names(name, fields, "pin"),
            Set.copyOf(names(name, fields, "exclude")),
            number(name, fields, "risk", preset.risk()),
            number(name, fields, "budget-usd", preset.budgetUsd()));
    double epsilon = number(name, fields, "epsilon", 0);
    if (epsilon > 0 && !Planner.explorable(policy)) {
      throw wrong(
          name,
          "under a policy that pins experts or holds answers to a risk nothing is explored: leave out epsilon, or %s"
              .formatted(policy.contract() ? "risk" : "pin"));
    }
    try {
      return new ReplayPolicy(policy, new Planner(epsilon, number(name, fields, "within", 0.05)));
    } catch (IllegalArgumentException e) {
      throw wrong(name, String.valueOf(e.getMessage()));
    }
  }

  private static ExpertException wrong(String name, String what) {
    return ExpertException.invalid("policy", name + ": " + what);
  }

  private static Policy preset(String name, @org.jspecify.annotations.Nullable Object word) {
    if (word == null) {
      return Policy.BALANCED;
    }
    return Policy.presets().stream()
        .filter(policy -> policy.name().equals(word))
        .findAny()
        .orElseThrow(() ->
            wrong(
                name,
                "there is no policy '%s'; there are %s"
                    .formatted(
                        word,
                        String.join(", ", Policy.presets().stream().map(Policy::name).toList()))));
  }

  private static double number(String name, Map<?, ?> fields, String key, double otherwise) {
    var value = fields.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(name, "%s is a number, not '%s'".formatted(key, value));
  }

  private static List<String> names(String name, Map<?, ?> fields, String key) {
    var value = fields.get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw wrong(name, key + " is a list of expert names, such as [a, b]");
    }
    List<String> names = new ArrayList<>();
    list.forEach(each -> names.add(String.valueOf(each)));
    return names;
  }
}
