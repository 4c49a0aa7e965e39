package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.jdbc.JdbcApprovedTools.Approved;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What approvals of tools do, on any database. */
abstract class ApprovedToolsContract {
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

  /** An empty database. */
  abstract Database database();

  @Test
  void theLastApprovalOfEachToolStands() {
    var store = new JdbcApprovedTools(database());
    var find = new Approved("crm", "find", "x".repeat(100_000), NOON, "first seen");
    var add = new Approved("crm", "add", "{\"description\":\"Adds. 🙂\"}", NOON, "first seen");
    store.keep(List.of(find, add, new Approved("shop", "add", "other", NOON, "first seen")));
    var changed = new Approved("crm", "add", "changed", NOON.plusSeconds(60), "key_1");

    store.keep(List.of(changed));

    assertThat(store.of("crm")).containsExactly(changed, find);
    assertThat(store.of("nobody")).isEmpty();
  }
}
