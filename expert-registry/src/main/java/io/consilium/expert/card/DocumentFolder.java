package io.consilium.expert.card;

import io.consilium.expert.Skill;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder of documents as {@code experts.yaml} declares it; it becomes a retriever.
 *
 * @param id of the expert and its collection
 * @param folder an absolute path
 * @param description what the documents are about; may be empty
 * @param skills what questions they answer; may be empty
 */
public record DocumentFolder(String id, Path folder, String description, List<Skill> skills) {
  public DocumentFolder {
    skills = List.copyOf(skills);
  }
}
