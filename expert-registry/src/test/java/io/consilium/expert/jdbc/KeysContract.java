package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ApiKey;
import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.Caching;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What API keys do, on any database. */
abstract class KeysContract {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
  private Database database = database();
  private JdbcKeys keys = open();

  /** An empty database. */
  abstract Database database();

  private JdbcKeys open() {
    return new JdbcKeys(database, new SecureRandom(), clock);
  }

  @BeforeEach
  void empty() {
    database = database();
    keys = open();
  }

  private static List<ApiKey> all(JdbcKeys keys) {
    return keys.list(null, 100, null).data();
  }

  private JdbcKeys.Made make(String name) {
    return keys.make(name, "default", Access.USER, true, null);
  }

  @Test
  void aKeyThatWasMadeIsFoundByItsClearTextAndNothingElse() {
    var made = keys.make("laptop", "acme", Access.OPERATOR, false, null);

    assertThat(made.clear()).startsWith(JdbcKeys.PREFIX).hasSize(JdbcKeys.PREFIX.length() + 43);
    assertThat(keys.find(made.clear())).hasValue(made.key());
    assertThat(made.key().access()).isEqualTo(Access.OPERATOR);
    assertThat(made.key().recordContent()).isFalse();
    for (var wrong : List.of("", made.clear() + "x", made.clear().substring(1), made.key().id())) {
      assertThat(keys.find(wrong)).isEmpty();
    }
  }

  @Test
  void aKeyKeepsWhatItMayGetFromTheCacheAndWhetherItTeaches() {
    var made = keys.make("quiet", "acme", Access.USER, true, null, Caching.EXACT, false);
    var again = open();

    assertThat(again.find(made.clear())).hasValue(made.key());
    assertThat(made.key().caching()).isEqualTo(Caching.EXACT);
    assertThat(again.teaches(made.key().id())).isFalse();
    assertThat(again.teaches(make("loud").key().id())).isTrue();
    assertThat(again.teaches(null)).isTrue();
  }

  @Test
  void keysSurviveANewStart() {
    var made = make("laptop");

    assertThat(open().find(made.clear())).hasValue(made.key());
    assertThat(all(open())).containsExactly(made.key());
  }

  @Test
  void theClearKeyIsNeitherStoredNorPrinted() throws SQLException {
    var made = make("laptop");

    assertThat(made.toString()).doesNotContain(made.clear());
    assertThat(made.key().toString()).doesNotContain(made.clear());
    List<String> columns = new ArrayList<>();
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery("select * from api_key")) {
      while (row.next()) {
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          var bytes = row.getObject(i) instanceof byte[] found ? found : new byte[0];
          columns.add(row.getObject(i) + new String(bytes, StandardCharsets.ISO_8859_1));
        }
      }
    }
    assertThat(columns).isNotEmpty().noneMatch(column -> column.contains(made.clear()));
  }

  @Test
  void aWithdrawnKeyStopsAtOnceAndStaysOnRecord() {
    var made = make("laptop");
    var other = make("phone");
    var revoked = keys.revoke(made.key().id());

    assertThat(revoked.revoked()).isEqualTo(clock.instant());
    assertThat(keys.find(made.clear())).isEmpty();
    assertThat(keys.find(other.clear())).isPresent();
    assertThat(all(keys)).extracting(ApiKey::name).containsExactlyInAnyOrder("laptop", "phone");

    clock.advance(Duration.ofSeconds(5));
    assertThat(keys.revoke(made.key().id()).revoked()).isEqualTo(revoked.revoked());
    assertThatThrownBy(() -> keys.revoke("key_none"))
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_FOUND));
  }

  @Test
  void aKeyStopsWhenItExpires() {
    var expires = clock.instant().plus(Duration.ofHours(1));
    var made = keys.make("guest", "default", Access.VIEWER, true, expires);

    assertThat(keys.find(made.clear())).isPresent();
    clock.advance(Duration.ofHours(1));
    assertThat(keys.find(made.clear())).isEmpty();
  }

  @Test
  void aKeyFromTheConfigurationWorksAndIsNeverStored() {
    var admitted = keys.admit("a-long-enough-admin-key ", "admin", Access.ADMIN);

    assertThat(keys.find("a-long-enough-admin-key")).hasValue(admitted);
    assertThat(all(keys)).isEmpty();
    assertThatThrownBy(() -> keys.admit("hunter2", "admin", Access.ADMIN))
        .hasMessageContaining("16")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void keysMadeElsewhereAreSeenAfterARefresh() {
    var made = open().make("replica", "default", Access.USER, true, null);

    assertThat(keys.find(made.clear())).isEmpty();
    keys.refresh();
    assertThat(keys.find(made.clear())).isPresent();
  }

  @Test
  void keysComeInPagesNewestFirstAndAreFoundByNameIdAndTenant() {
    for (var name : List.of("one", "two", "three")) {
      keys.make(name, "Acme " + name, Access.USER, true, null);
      clock.advance(Duration.ofSeconds(1));
    }
    var first = keys.list(null, 2, null);
    var second = keys.list(null, 2, first.next());

    assertThat(first.data()).extracting(ApiKey::name).containsExactly("three", "two");
    assertThat(second.data()).extracting(ApiKey::name).containsExactly("one");
    assertThat(second.next()).isNull();
    assertThat(keys.list("acme TWO", 10, null).data())
        .extracting(ApiKey::name)
        .containsExactly("two");
    assertThat(keys.list(second.data().getFirst().id(), 10, null).data()).hasSize(1);
    assertThat(keys.list("nobody", 10, null).data()).isEmpty();
    assertThatThrownBy(() -> keys.list(null, 2, "key_none")).hasMessageContaining("page mark");
  }

  @Test
  void keysMadeAtTheSameTimeAreAllOnSomePage() {
    for (int i = 0; i < 5; i++) {
      make("at noon " + i);
    }
    List<String> seen = new ArrayList<>();
    var page = keys.list(null, 2, null);
    page.data().forEach(key -> seen.add(key.name()));
    while (page.next() != null) {
      page = keys.list(null, 2, page.next());
      page.data().forEach(key -> seen.add(key.name()));
    }

    assertThat(seen).hasSize(5).doesNotHaveDuplicates();
  }

  @Test
  void whatAKeyMayIsChangedAndTheKeyStays() {
    var made = keys.make("laptop", "acme", Access.VIEWER, true, null);
    var wished =
        new ApiKey(
            made.key().id(),
            "Vera's laptop",
            "acme",
            Access.USER,
            false,
            made.key().created(),
            clock.instant().plus(Duration.ofHours(1)),
            null,
            Caching.OFF,
            false);

    var changed = keys.change(made.key().id(), before -> wished);

    assertThat(changed).isEqualTo(wished);
    assertThat(keys.find(made.clear())).hasValue(wished);
    assertThat(open().find(made.clear())).hasValue(wished);
    clock.advance(Duration.ofHours(1));
    assertThat(keys.find(made.clear())).isEmpty();
  }

  @Test
  void aChangeThatIsRefusedChangesNothing() {
    var made = make("laptop");
    assertThatThrownBy(() ->
            keys.change(
                made.key().id(),
                before -> {
                  throw ExpertException.invalid("name", "no");
                }))
        .hasMessage("no");
    assertThat(keys.find(made.clear())).hasValue(made.key());

    keys.revoke(made.key().id());
    assertThatThrownBy(() -> keys.change(made.key().id(), before -> before))
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFLICT));
    assertThatThrownBy(() -> keys.change("key_none", before -> before))
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_FOUND));
  }

  @Test
  void whatIsChangedElsewhereIsSeenAfterARefresh() {
    var made = make("laptop");
    open()
        .change(
            made.key().id(),
            before ->
                new ApiKey(
                    before.id(),
                    before.name(),
                    before.tenant(),
                    Access.VIEWER,
                    before.recordContent(),
                    before.created(),
                    null,
                    null));

    assertThat(keys.find(made.clear())).map(ApiKey::access).hasValue(Access.USER);
    keys.refresh();
    assertThat(keys.find(made.clear())).map(ApiKey::access).hasValue(Access.VIEWER);
  }
}
