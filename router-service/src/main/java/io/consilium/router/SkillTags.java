package io.consilium.router;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Skill;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Tags a question by what it visibly is: a sum, a conversion, a date, code, a foreign language, a
 * complaint. An embedding is nearly blind to such shapes ("2^31 - 1", "60 mph to km/h"); a pattern
 * is not. The tags are plain phrases that cards may use as skill names or mean in other words; the
 * list is a resource, {@code skill-tags.tsv}, and belongs to no roster.
 */
public final class SkillTags {
  private static final String RESOURCE = "skill-tags.tsv";

  private final List<Rule> rules;

  private record Rule(String tag, double weight, Pattern pattern) {}

  private SkillTags(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** The shipped tags. */
  public static SkillTags shipped() {
    List<Rule> rules = new ArrayList<>();
    try (var stream = SkillTags.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IOException("it is not on the class path");
      }
      var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          var fields = line.split("\t", 3);
          rules.add(new Rule(fields[0], Double.parseDouble(fields[1]), Pattern.compile(fields[2])));
        }
      }
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, RESOURCE + " cannot be read: " + e.getMessage(), e);
    }
    return new SkillTags(rules);
  }

  /** Every tag there is. */
  public List<String> names() {
    return rules.stream().map(Rule::tag).distinct().toList();
  }

  /**
   * The tags of a text, strongest first; a tag found by several patterns counts as its strongest.
   */
  public List<Skill> of(String text) {
    var lower = text.toLowerCase(Locale.ROOT); // cheaper than patterns that ignore case
    Map<String, Double> found = new LinkedHashMap<>();
    for (var rule : rules) {
      if (found.getOrDefault(rule.tag, 0.0) < rule.weight && rule.pattern.matcher(lower).find()) {
        found.put(rule.tag, rule.weight);
      }
    }
    return found.entrySet().stream()
        .map(tag -> new Skill(tag.getKey(), tag.getValue()))
        .sorted(Comparator.comparingDouble(Skill::weight).reversed())
        .toList();
  }
}
