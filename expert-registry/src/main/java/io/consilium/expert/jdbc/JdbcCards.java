package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.Json;
import io.consilium.expert.card.CardJson;
import io.consilium.expert.registry.CardStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;

/** Cards and every version they had, in the database. */
public final class JdbcCards implements CardStore {
  private final Database database;
  private final Clock clock;

  public JdbcCards(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public List<ExpertCard> load() {
    return database.attempt(() ->
        database
            .sql()
            .sql(
                """
                select v.json from card c
                join card_version v on v.id = c.id and v.version = c.version
                order by c.registered
                """)
            .query((row, number) -> card(row.getString("json")))
            .list());
  }

  @Override
  public void save(List<ExpertCard> cards) {
    database.transaction(() -> {
      cards.forEach(this::save);
      return cards.size();
    });
  }

  /** Every version of a card, oldest first; empty when there is no such card. */
  public List<ExpertCard> versions(String id) {
    return database.attempt(() ->
        database
            .sql()
            .sql("select json from card_version where id = :id order by version")
            .param("id", id)
            .query((row, number) -> card(row.getString("json")))
            .list());
  }

  private void save(ExpertCard card) {
    try {
      int updated =
          database
              .sql()
              .sql("update card set version = :version where id = :id and version < :version")
              .param("id", card.id())
              .param("version", card.version())
              .update();
      if (updated == 0) {
        database
            .sql()
            .sql("insert into card (id, version) values (:id, :version)")
            .param("id", card.id())
            .param("version", card.version())
            .update();
      }
      database
          .sql()
          .sql(
              """
              insert into card_version (id, version, changed_at, owner, state, json)
              values (:id, :version, :at, :owner, :state, :json)
              """)
          .param("id", card.id())
          .param("version", card.version())
          .param("at", Columns.time(clock.instant()))
          .param("owner", card.owner().name())
          .param("state", card.state().name())
          .param("json", Columns.sound(CardJson.stored(card).toString()))
          .update();
    } catch (DuplicateKeyException e) {
      throw CardStore.changedMeanwhile(card.id());
    }
  }

  private static ExpertCard card(String json) {
    return CardJson.restored(
        Json.object(json.getBytes(StandardCharsets.UTF_8), "a card in the store"));
  }
}
