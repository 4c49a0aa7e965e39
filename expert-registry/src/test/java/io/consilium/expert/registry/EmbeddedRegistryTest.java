package io.consilium.expert.registry;

import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcCards;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;

class EmbeddedRegistryTest extends ExpertRegistryContract {
  private final Database database = Database.inMemory();

  @Override
  CardStore emptyStore() {
    return new JdbcCards(database, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    database.close();
  }
}
