package io.consilium.expert.jdbc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of the store what is to be forgotten, all or none, and keeps the receipts. What was
 * deleted leaves the files of the database when it next cleans up behind itself (vacuum,
 * compaction), and its backups when they are replaced.
 */
public final class JdbcForgetting {
  private static final int STEP = 500;

  private final Database database;

  /**
   * What was forgotten, without what it was.
   *
   * @param id sorts by time
   * @param key the id of the key it was asked with, or null
   * @param what {@code decision}, {@code question} or {@code tenant}
   * @param subject SHA-256, in hex, of the id, the normalised text or the tenant's name
   * @param removed how many of each were taken out
   * @param digest SHA-256, in hex, of all of this as one line of JSON
   */
  public record Receipt(
      String id,
      Instant at,
      @Nullable String key,
      String what,
      String subject,
      Map<String, Long> removed,
      String digest) {
    public Receipt {
      removed = new LinkedHashMap<>(removed);
    }
  }

  /**
   * What is to go.
   *
   * @param decisions their ids
   * @param items questions on record, by their ids
   * @param tenant whose outcomes on these items go; null for all
   * @param whole whether all notes, files and batches of the tenant go as well
   */
  public record Scope(
      Set<String> decisions, Set<String> items, @Nullable String tenant, boolean whole) {
    public Scope {
      decisions = Set.copyOf(decisions);
      items = Set.copyOf(items);
    }
  }

  public JdbcForgetting(Database database) {
    this.database = database;
  }

  /**
   * This decision and those of compositions below it.
   *
   * @param tenant whose it must be, or null
   */
  public Set<String> decision(String id, @Nullable String tenant) {
    var sql = "select id from decision where (id = ? or id like ?)";
    return tenant == null
        ? ids(sql, id, id + ".%")
        : ids(sql + " and tenant = ?", id, id + ".%", Columns.text(tenant, 255));
  }

  /** Every decision of a tenant. */
  public Set<String> ofTenant(String tenant) {
    return ids("select id from decision where tenant = ?", Columns.text(tenant, 255));
  }

  /** Decisions about a question, by the hashes under which it may be on record. */
  public Set<String> withHash(Collection<String> hashes, @Nullable String tenant) {
    Set<String> found = new HashSet<>();
    for (var hash : hashes) {
      var like = "%\"hash\":\"" + hash + "\"%";
      found.addAll(
          tenant == null
              ? ids("select id from decision where json like ?", like)
              : ids(
                  "select id from decision where json like ? and tenant = ?",
                  like,
                  Columns.text(tenant, 255)));
    }
    return found;
  }

  /** Questions with this number among those on record, of which the text passes. */
  public Set<String> items(double hash, Predicate<String> text) {
    Set<String> found = new HashSet<>();
    database.stream(
        "select id, question from item where hash = ?",
        row -> {
          if (text.test(row.getString("question"))) {
            found.add(row.getString("id"));
          }
        },
        hash);
    return found;
  }

  /** Questions of which a tenant has outcomes. */
  public Set<String> itemsOf(String tenant) {
    return ids(
        "select distinct item as id from outcome where tenant = ?", Columns.text(tenant, 255));
  }

  private Set<String> ids(String sql, Object... values) {
    Set<String> found = new HashSet<>();
    database.stream(sql, row -> found.add(row.getString("id")), values);
    return found;
  }

  /** Takes it all out, and says how many of each. */
  public Map<String, Long> remove(Scope scope) {
    return database.longTransaction(() -> {
      Map<String, Long> removed = new LinkedHashMap<>();
      var decisions = List.copyOf(scope.decisions());
      removed.put("feedback", each("delete from feedback where decision in (:ids)", decisions));
      removed.put("credits", each("delete from credit where decision in (:ids)", decisions));
      each("delete from decision_expert where decision in (:ids)", decisions);
      removed.put("notes", each("delete from note where source in (:ids)", decisions));
      removed.put("decisions", each("delete from decision where id in (:ids)", decisions));
      Set<String> all = new HashSet<>(scope.items());
      all.addAll(decisions);
      var items = List.copyOf(all);
      var tenant = scope.tenant();
      if (tenant == null) {
        removed.put("outcomes", each("delete from outcome where item in (:ids)", items));
      } else {
        long outcomes = 0;
        for (int from = 0; from < items.size(); from += STEP) {
          outcomes +=
              database
                  .sql()
                  .sql("delete from outcome where item in (:ids) and tenant = :tenant")
                  .param("ids", items.subList(from, Math.min(items.size(), from + STEP)))
                  .param("tenant", Columns.text(tenant, 255))
                  .update();
        }
        removed.put("outcomes", outcomes);
      }
      var unjudged = " in (:ids) and not exists (select 1 from outcome o where o.item = %s)";
      removed.put(
          "vectors",
          each("delete from item_vector v where v.item" + unjudged.formatted("v.item"), items));
      removed.put(
          "questions", each("delete from item i where i.id" + unjudged.formatted("i.id"), items));
      if (scope.whole() && tenant != null) {
        removed.merge(
            "notes", ofTenant("delete from note where tenant = :tenant", tenant), Long::sum);
        removed.put("batches", ofTenant("delete from batch where tenant = :tenant", tenant));
        removed.put("files", ofTenant("delete from stored_file where tenant = :tenant", tenant));
      }
      return removed;
    });
  }

  private long ofTenant(String sql, String tenant) {
    return database.sql().sql(sql).param("tenant", Columns.text(tenant, 255)).update();
  }

  private long each(String sql, List<String> ids) {
    long gone = 0;
    for (int from = 0; from < ids.size(); from += STEP) {
      gone +=
          database
              .sql()
              .sql(sql)
              .param("ids", ids.subList(from, Math.min(ids.size(), from + STEP)))
              .update();
    }
    return gone;
  }

  /** Keeps a receipt. */
  public void keep(Receipt receipt) {
    List<String> counts = new ArrayList<>();
    receipt.removed().forEach((name, count) -> counts.add(name + "=" + count));
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                insert into receipt (id, at, api_key, what, subject, removed, digest)
                values (:id, :at, :key, :what, :subject, :removed, :digest)
                """)
            .param("id", receipt.id())
            .param("at", Columns.time(receipt.at()))
            .param("key", Columns.textOrNull(receipt.key(), 255))
            .param("what", receipt.what())
            .param("subject", receipt.subject())
            .param("removed", String.join(" ", counts))
            .param("digest", receipt.digest())
            .update());
  }

  /**
   * Receipts, newest first.
   *
   * @param after {@link Page#next} of the page before, or null for the first
   */
  public Page<Receipt> list(int limit, @Nullable String after) {
    var found =
        database.attempt(() ->
            database
                .sql()
                .sql("select * from receipt where id < :after order by id desc limit :limit")
                .param("after", after == null ? "~" : after)
                .param("limit", limit + 1)
                .query((row, number) -> {
                  Map<String, Long> removed = new LinkedHashMap<>();
                  for (var count : row.getString("removed").split(" ")) {
                    int equals = count.indexOf('=');
                    removed.put(
                        count.substring(0, equals), Long.valueOf(count.substring(equals + 1)));
                  }
                  return new Receipt(
                      row.getString("id"),
                      Columns.instant(row, "at"),
                      row.getString("api_key"),
                      row.getString("what"),
                      row.getString("subject"),
                      removed,
                      row.getString("digest"));
                })
                .list());
    return Page.of(found, limit, Receipt::id);
  }
}
