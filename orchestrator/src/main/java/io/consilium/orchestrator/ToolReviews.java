package io.consilium.orchestrator;

import io.consilium.expert.CardState;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Owner;
import io.consilium.expert.jdbc.JdbcApprovedTools;
import io.consilium.expert.jdbc.JdbcApprovedTools.Approved;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares what tools say of themselves with what was approved. What a server says when it is first
 * listed counts as approved. A later change, or a further tool, is shown; where the server is
 * pinned, such a tool is withheld as well: it is registered as it was approved, routed to nobody,
 * and asked for by name it refuses, until an operator approves it. Thread-safe; blocks on the
 * store.
 */
public final class ToolReviews {
  private static final Logger log = LoggerFactory.getLogger(ToolReviews.class);
  private static final String FIRST_SEEN = "first seen";

  /** How a tool stands to what was approved. */
  public enum Standing {
    APPROVED,
    /** It says something else than what was approved. */
    CHANGED,
    /** It came after the server's first list. */
    NEW
  }

  /**
   * A tool and what was approved of it.
   *
   * @param card as its server lists it
   * @param pinned whether its server is
   * @param approved null when nothing was
   */
  public record Review(
      ExpertCard card,
      String server,
      boolean pinned,
      Standing standing,
      @Nullable Approved approved) {
    public boolean withheld() {
      return pinned && standing != Standing.APPROVED;
    }

    /** What it says of itself. */
    public ObjectNode definition() {
      return Json.object()
          .put("description", card.description())
          .set("schema", ((ExpertKind.Tool) card.kind()).schema());
    }

    /** What was approved; null when nothing was. */
    public @Nullable JsonNode approvedDefinition() {
      return approved == null ? null : Json.MAPPER.readTree(approved.definition());
    }

    /** The SHA-256 of what it says of itself, in hexadecimal digits. */
    public String fingerprint() {
      return digest(canonical(definition()));
    }

    private ExpertCard usable() {
      if (!withheld()) {
        return card;
      }
      var was = approvedDefinition();
      var tool = (ExpertKind.Tool) card.kind();
      return ExpertCard.of(
              card.id(),
              new ExpertKind.Tool(
                  tool.server(),
                  was == null ? Json.object().put("type", "object") : was.path("schema")),
              was == null
                  ? "A tool of %s that is not approved yet.".formatted(server)
                  : was.path("description").asString(),
              card.endpoint())
          .withOwner(card.owner())
          .withState(CardState.DRAFT);
    }
  }

  private final JdbcApprovedTools store;
  private final ExpertRegistry registry;
  private final InstantSource clock;
  private final ReentrantLock changing = new ReentrantLock();
  private final Map<String, Review> reviews = new ConcurrentHashMap<>();

  /** Reviews of the tools that come into {@code registry}. */
  public ToolReviews(JdbcApprovedTools store, ExpertRegistry registry, InstantSource clock) {
    this.store = store;
    this.registry = registry;
    this.clock = clock;
  }

  /** Registers the tools of a server, which has just listed them, as far as they are approved. */
  public void listed(String server, boolean pinned, List<ExpertCard> cards) {
    changing.lock();
    try {
      var approved =
          store.of(server).stream().collect(Collectors.toMap(Approved::tool, Function.identity()));
      List<Approved> first = new ArrayList<>();
      Map<String, Review> now = new HashMap<>();
      for (var card : cards) {
        var review = review(card, server, pinned, approved);
        if (review.standing == Standing.NEW && (approved.isEmpty() || !pinned)) {
          review = approved(review, FIRST_SEEN);
          first.add(review.approved);
        } else if (review.standing != Standing.APPROVED) {
          log.warn(
              "tool {} {} since it was approved{}; look at it with './consilium tools list'",
              card.id(),
              review.standing == Standing.NEW ? "came" : "has changed",
              review.withheld() ? " and is withheld" : "");
        }
        now.put(card.id(), review);
      }
      store.keep(first);
      reviews.putAll(now); // first, so that nothing withheld is ever unknown
      reviews
          .entrySet()
          .removeIf(
              each -> each.getValue().server.equals(server) && !now.containsKey(each.getKey()));
      register(server, cards.stream().map(card -> now.get(card.id())).toList());
    } finally {
      changing.unlock();
    }
  }

  private static Review review(
      ExpertCard card, String server, boolean pinned, Map<String, Approved> approved) {
    var was = approved.get(card.endpoint().model());
    var unjudged = new Review(card, server, pinned, Standing.NEW, was);
    if (was == null) {
      return unjudged;
    }
    boolean same = was.definition().equals(canonical(unjudged.definition()));
    return new Review(card, server, pinned, same ? Standing.APPROVED : Standing.CHANGED, was);
  }

  private Review approved(Review review, String by) {
    return new Review(
        review.card,
        review.server,
        review.pinned,
        Standing.APPROVED,
        new Approved(
            review.server,
            review.card.endpoint().model(),
            canonical(review.definition()),
            clock.instant(),
            by));
  }

  private void register(String server, Collection<Review> all) {
    registry.replaceAll(
        Owner.FILE,
        card -> card.kind() instanceof ExpertKind.Tool tool && tool.server().equals(server),
        all.stream().map(Review::usable).toList());
  }

  /** Drops a server that is no longer declared; what was approved of it stays on record. */
  public void forget(String server) {
    reviews.values().removeIf(review -> review.server.equals(server));
  }

  /** The tools of declared servers, by id. */
  public List<Review> all() {
    return reviews.values().stream()
        .sorted(Comparator.comparing(review -> review.card.id()))
        .toList();
  }

  /**
   * Refuses a tool that is withheld. The card says so, not only what was heard of its server: after
   * a restart nothing is heard for a while.
   *
   * @throws ExpertException {@code FORBIDDEN}
   */
  public void require(ExpertCard card) {
    if (card.owner() != Owner.FILE || card.state() != CardState.DRAFT) {
      return;
    }
    var review = reviews.get(card.id());
    throw new ExpertException(
        FailureKind.FORBIDDEN,
        "tool '%s' %s, and its server is pinned: an operator looks at it with './consilium tools list' and approves it with './consilium tools approve %s'"
            .formatted(
                card.id(),
                review != null && review.standing == Standing.NEW
                    ? "has come since the others were approved"
                    : "has changed since it was approved",
                card.id()));
  }

  /**
   * Approves what a tool says of itself now.
   *
   * @param fingerprint of what was looked at, or null
   * @param by who does it
   * @throws ExpertException {@code NOT_FOUND}; {@code CONFLICT} when it says something else by now
   */
  public Review approve(String id, @Nullable String fingerprint, String by) {
    changing.lock();
    try {
      var review = reviews.get(id);
      if (review == null) {
        throw new ExpertException(
            FailureKind.NOT_FOUND,
            "no declared MCP server lists a tool '%s'; GET /v1/tools shows those there are"
                .formatted(id));
      }
      if (fingerprint != null && !fingerprint.equals(review.fingerprint())) {
        throw new ExpertException(
            FailureKind.CONFLICT,
            "tool '%s' has changed again: its fingerprint is %s by now; look at it once more"
                .formatted(id, review.fingerprint()));
      }
      if (review.standing == Standing.APPROVED) {
        return review;
      }
      var done = approved(review, by);
      store.keep(List.of(done.approved));
      reviews.put(id, done);
      register(
          review.server, all().stream().filter(each -> each.server.equals(review.server)).toList());
      log.info("tool {} was approved by {}", id, by);
      return done;
    } finally {
      changing.unlock();
    }
  }

  private static String canonical(JsonNode definition) {
    var plain = Json.MAPPER.convertValue(definition, new TypeReference<Map<String, Object>>() {});
    return Json.MAPPER
        .writer()
        .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .writeValueAsString(plain);
  }

  private static String digest(String text) {
    try {
      var bytes =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
