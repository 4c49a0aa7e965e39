package io.consilium.tools;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.Owner;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** The tools of a server that runs for a test, as experts. */
public final class ServedTools implements AutoCloseable {
  private final McpServerSettings settings;
  private final Owner owner;
  private final McpConnection connection;

  /** Starts the server, and returns when its tools are known. */
  public ServedTools(McpServerSettings settings, Owner owner) {
    this.settings = settings;
    this.owner = owner;
    this.connection = new McpConnection(settings, tools -> {}, InstantSource.system());
    connection.start();
  }

  /** A card for each tool. */
  public List<ExpertCard> cards() {
    return ToolCards.of(settings, connection.tools(), owner);
  }

  /** The expert with this id. */
  public ToolExpert expert(String id) {
    return cards().stream()
        .filter(card -> card.id().equals(id))
        .map(card -> new ToolExpert(card, connection))
        .findFirst()
        .orElseThrow();
  }

  /** A question with a minute for its answer. */
  public static Question question(String text) {
    return Question.of(text, Terms.within(Duration.ofSeconds(60), Instant.now()));
  }

  @Override
  public void close() {
    connection.close();
  }
}
