package io.consilium.expert;

/**
 * Something an expert is good, or notably bad, at.
 *
 * @param name a short phrase in lower case, as a person would tag a question
 * @param weight −1 (avoid) to 1 (best at this); 1 when only named
 */
public record Skill(String name, double weight) {
  public Skill {
    if (name.isBlank()) {
      throw ExpertException.invalid("skills", "a skill needs a name");
    }
    if (!(weight >= -1 && weight <= 1)) {
      throw ExpertException.invalid("skills", "skill weights lie between -1 and 1");
    }
  }
}
