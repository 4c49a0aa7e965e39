package io.consilium.expert.card;

import io.consilium.expert.Compositions;
import io.consilium.expert.ExpertKind;
import org.jspecify.annotations.Nullable;

/**
 * Holds the cards of a file against what they refer to: the experts there are, those of the file
 * and others, and the embedder of gates.
 */
final class Seating {
  private final Reading file;
  private final ExpertsFile.Contents contents;
  private final @Nullable Company company;

  /**
   * @param others who is there beside the file; null when that is not known
   */
  Seating(Reading file, ExpertsFile.Contents contents, @Nullable Company others) {
    this.file = file;
    this.contents = contents;
    this.company = others == null ? null : others.with(contents.experts());
  }

  void check() {
    var list = file.node("experts");
    for (int i = 0; list != null && i < list.size(); i++) {
      var id = list.get(i).path("id").asString("");
      var place = "experts/" + i + "/";
      for (var card : contents.experts()) {
        if (!card.id().equals(id)) {
          continue;
        }
        if (company != null) {
          company
              .objections(card, this::comes)
              .forEach((key, why) -> file.wrong(place + key, "of '%s' %s".formatted(id, why)));
        } else if (card.kind() instanceof ExpertKind.Composition) {
          new Compositions(name ->
              contents.experts().stream().filter(other -> other.answersTo(name)).findFirst())
              .objection(card)
              .ifPresent(why ->
                  file.wrong(place + "members", "of '%s' are refused: %s".formatted(id, why)));
        }
      }
    }
  }

  /** Tools and folders of the file become experts later; a tool's name starts with its server's. */
  private boolean comes(String member) {
    return contents.documents().stream().anyMatch(each -> each.id().equals(member))
        || contents.workers().stream().anyMatch(each -> member.startsWith(each.name() + "/"))
        || contents.servers().stream()
            .anyMatch(
                each -> member.startsWith(each.name() + "/") || each.ids().containsValue(member));
  }
}
