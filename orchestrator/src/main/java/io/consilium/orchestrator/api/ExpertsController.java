package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.Json;
import io.consilium.expert.Owner;
import io.consilium.expert.Residency;
import io.consilium.expert.Roster;
import io.consilium.expert.card.CardJson;
import io.consilium.expert.card.Company;
import io.consilium.orchestrator.routers.InterviewRecord;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Shows and changes the experts. Cards of other owners are refused with a conflict. */
@RestController
public final class ExpertsController {
  private static final String PATH = "/v1/experts";

  private final ExpertRegistry registry;
  private final CardJson cards;
  private final Supplier<Company> company;
  private final Bodies bodies;
  private final InterviewRecord interviews;

  /**
   * @param company whom and what compositions may name now
   * @param interviews what was measured
   */
  public ExpertsController(
      ExpertRegistry registry,
      CardJson cards,
      Supplier<Company> company,
      Bodies bodies,
      InterviewRecord interviews) {
    this.interviews = interviews;
    this.company = company;
    this.registry = registry;
    this.cards = cards;
    this.bodies = bodies;
  }

  /** All of them, unless a limit is given; a page goes on after the expert that ended the last. */
  @GetMapping(PATH)
  public void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("q", "kind", "health", "residency", "limit", "after"));
    Given.oneOf(request, "kind", ExpertKind.LABELS);
    Given.oneOf(request, "health", words(Health.Status.values()));
    Given.oneOf(request, "residency", words(Residency.State.values()));
    int limit = Given.limit(request, Integer.MAX_VALUE - 1, Integer.MAX_VALUE - 1);
    var after = request.getParameter("after");
    var fitting =
        registry.current().seats().stream().filter(seat -> wanted(seat, request)).toList();
    var found =
        fitting.stream()
            .dropWhile(seat -> after != null && !seat.card().id().equals(after))
            .skip(after == null ? 0 : 1)
            .limit(limit + 1L)
            .toList();
    var root = Json.object();
    var data = root.putArray("data");
    found.stream().limit(limit).forEach(seat -> data.add(shown(seat)));
    Bodies.write(
        200,
        root.put("next", found.size() > limit ? found.get(limit - 1).card().id() : null)
            .put("total", fitting.size()),
        response);
  }

  private static List<String> words(Enum<?>[] values) {
    return Stream.of(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }

  private static boolean wanted(Roster.Seat seat, HttpServletRequest request) {
    var card = seat.card();
    var q = request.getParameter("q");
    var kind = request.getParameter("kind");
    var health = request.getParameter("health");
    var residency = request.getParameter("residency");
    return (kind == null || card.kind().label().equals(kind))
        && (health == null || name(seat).equals(health))
        && (residency == null || residency(seat).equals(residency))
        && (q == null || said(card).contains(q.strip().toLowerCase(Locale.ROOT)));
  }

  /** All that an expert is looked for by. */
  private static String said(ExpertCard card) {
    return String.join(
            " ",
            card.id(),
            String.join(" ", card.aliases()),
            card.description(),
            card.skills().toString())
        .toLowerCase(Locale.ROOT);
  }

  private static String residency(Roster.Seat seat) {
    return seat.residency().state().name().toLowerCase(Locale.ROOT);
  }

  private static String name(Roster.Seat seat) {
    return seat.health().status().name().toLowerCase(Locale.ROOT);
  }

  @GetMapping(PATH + "/{*id}")
  public void one(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Bodies.write(200, card(Paths.below(PATH, request)), response);
  }

  /**
   * The card of the expert with this id or alias, with health and load.
   *
   * @throws ExpertException {@code NOT_FOUND}, with near names
   */
  public ObjectNode card(String name) {
    return shown(found(name));
  }

  @PostMapping(PATH)
  public void add(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var body = bodies.read(request);
    var card = cards.read(body, Owner.API, null);
    if (seat(card.id()).isPresent()) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          "there is an expert '%s' already: PUT %s/%s changes it"
              .formatted(card.id(), PATH, card.id()));
    }
    company.get().check(card);
    response.setHeader(
        "Location", PATH + "/" + URLEncoder.encode(card.id(), StandardCharsets.UTF_8));
    AuditLog.note(request, card.id());
    write(201, card.id(), registry.put(card), response);
  }

  @PutMapping(PATH + "/{*id}")
  public void put(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var id = Paths.below(PATH, request);
    var body = bodies.read(request);
    if (!body.has("id")) {
      body.put("id", id);
    }
    if (!body.path("id").asString("").equals(id)) {
      throw ExpertException.invalid(
          "id",
          "the body says '%s' and the path '%s'; an id cannot be changed: add another expert"
              .formatted(body.path("id").asString(""), id));
    }
    var before = seat(id).map(Roster.Seat::card);
    var card = cards.read(body, Owner.API, before.orElse(null));
    company.get().check(card);
    var kept = registry.put(card);
    AuditLog.note(request, "version " + kept.version());
    write(before.isPresent() ? 200 : 201, id, kept, response);
  }

  @DeleteMapping(PATH + "/{*id}")
  public void retire(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var id = found(Paths.below(PATH, request)).card().id();
    Bodies.write(200, CardJson.shown(registry.retire(id, Owner.API)), response);
  }

  private void write(int status, String id, ExpertCard card, HttpServletResponse response)
      throws IOException {
    Bodies.write(status, seat(id).map(this::shown).orElseGet(() -> CardJson.shown(card)), response);
  }

  private Optional<Roster.Seat> seat(String id) {
    return registry.current().seats().stream()
        .filter(seat -> seat.card().id().equals(id))
        .findFirst();
  }

  private Roster.Seat found(String name) {
    var roster = registry.current();
    return roster
        .find(name)
        .orElseThrow(() ->
            new ExpertException(
                FailureKind.NOT_FOUND,
                "there is no expert '%s'; near names: %s"
                    .formatted(name, String.join(", ", roster.near(name, 3)))));
  }

  private ObjectNode shown(Roster.Seat seat) {
    var node = CardJson.shown(seat.card());
    interviews.shown(seat.card()).ifPresent(each -> node.set("interview", each));
    node.putObject("health")
        .put("status", name(seat))
        .put("reason", seat.health().reason())
        .put("since", seat.health().since().toString());
    node.putObject("residency")
        .put("state", residency(seat))
        .put("wait_ms", seat.residency().millis());
    return node.put("load", seat.load()).put("latency_ms", seat.latencyMillis());
  }
}
