package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.jdbc.JdbcAudit.Change;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the record of changes does, on any database. */
abstract class AuditContract {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  private JdbcAudit audit = new JdbcAudit(database());

  /** An empty database. */
  abstract Database database();

  @BeforeEach
  void open() {
    audit = new JdbcAudit(database());
  }

  private static Change change(String subject, @Nullable String key) {
    return new Change(NOON, key, "admin", "PUT", subject, "");
  }

  @Test
  void aChangeIsReadBackAsItWasKept() {
    var whole = new Change(NOON, "key_1", "operator", "PUT", "/v1/experts/a", "version 2");
    var nobodys = new Change(NOON, null, "consilium", "breaker", "a", "left alone");
    audit.keep(whole);
    audit.keep(nobodys);

    assertThat(audit.list(null, 10, null).data()).containsExactly(nobodys, whole);
  }

  @Test
  void pagesGoBackInTimeAndMissNothing() {
    var all = IntStream.range(0, 7).mapToObj(i -> change("/v1/experts/" + i, null)).toList();
    all.forEach(audit::keep);

    var first = audit.list(null, 3, null);
    var second = audit.list(null, 3, first.next());
    var third = audit.list(null, 3, second.next());

    assertThat(first.data()).containsExactly(all.get(6), all.get(5), all.get(4));
    assertThat(second.data()).containsExactly(all.get(3), all.get(2), all.get(1));
    assertThat(third).isEqualTo(new Page<>(List.of(all.get(0)), null));
  }

  @Test
  void changesAreFoundByWhatTheyWereAbout() {
    audit.keep(change("/v1/experts/a", "key_1"));
    audit.keep(change("/v1/keys", "key_1"));

    assertThat(audit.list("/experts/", 10, null).data())
        .extracting(Change::subject)
        .containsExactly("/v1/experts/a");
  }

  @Test
  void aWrongPageMarkIsRefused() {
    assertThatThrownBy(() -> audit.list(null, 10, "x")).hasMessageContaining("'next'");
    assertThatThrownBy(() -> audit.list(null, 0, null)).hasMessageContaining("500");
  }
}
