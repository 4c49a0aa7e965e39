package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of declarations holds to. */
abstract class DeclarationsContract {
  private Database database = database();

  /** An empty database. */
  abstract Database database();

  @BeforeEach
  void empty() {
    database = database();
  }

  @Test
  void whatOthersDeclareIsSeenUntilTheySayOtherwise() {
    var one = new JdbcDeclarations(database, "one");
    var other = new JdbcDeclarations(database, "other");
    one.declare(Set.of("expert:a", "server:s"));
    other.declare(Set.of("expert:b"));

    assertThat(one.others()).containsExactly("expert:b");
    assertThat(other.others()).containsExactlyInAnyOrder("expert:a", "server:s");
    one.declare(Set.of("expert:a", "server:s")); // as before
    one.declare(Set.of("expert:c"));
    assertThat(other.others()).containsExactly("expert:c");
    one.close();
    assertThat(other.others()).isEmpty();
  }

  @Test
  void whoWasSilentForAMinuteIsGoneUntilHeard() {
    var one = new JdbcDeclarations(database, "one");
    one.declare(Set.of("expert:a"));
    database.sql().sql("update declaration set seen_at = seen_at - interval '61' second").update();
    var other = new JdbcDeclarations(database, "other");

    assertThat(other.others()).isEmpty();
    one.declare(Set.of("expert:a"));
    assertThat(other.others()).containsExactly("expert:a");
  }
}
