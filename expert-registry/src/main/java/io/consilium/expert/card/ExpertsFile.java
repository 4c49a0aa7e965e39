package io.consilium.expert.card;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Owner;
import io.consilium.expert.Policy;
import io.consilium.expert.secret.Secrets;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code experts.yaml}: the experts, MCP servers, document folders, inference workers and policies
 * an operator declares. Everything wrong with the file is said at once, a line each, with its place
 * and what would be right.
 */
public final class ExpertsFile {
  private final Path path;
  private final Secrets secrets;
  private final Prices prices;
  private final OutboundRules rules;

  /**
   * What the file declares.
   *
   * @param experts the cards, owned by the file
   * @param warnings what is allowed but probably not meant, a line each
   */
  public record Contents(
      List<ExpertCard> experts,
      List<McpServer> servers,
      List<DocumentFolder> documents,
      List<InferenceServer> workers,
      List<Policy> policies,
      List<String> warnings) {
    /** What no file declares. */
    public static final Contents NOTHING =
        new Contents(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    public Contents {
      experts = List.copyOf(experts);
      servers = List.copyOf(servers);
      documents = List.copyOf(documents);
      workers = List.copyOf(workers);
      policies = List.copyOf(policies);
      warnings = List.copyOf(warnings);
    }
  }

  public ExpertsFile(Path path, Secrets secrets, Prices prices, OutboundRules rules) {
    this.path = path.toAbsolutePath().normalize();
    this.secrets = secrets;
    this.prices = prices;
    this.rules = rules;
  }

  /** Where the file is. */
  public Path path() {
    return path;
  }

  /** Reads the file; {@link FailureKind#CONFIGURATION} when it is away or wrong. */
  public Contents read() {
    return read(null);
  }

  /**
   * The same, with compositions held against those there are beside the file.
   *
   * @param others who and what is there beside the file; null to believe whatever it names
   */
  public Contents read(@Nullable Company others) {
    try {
      return parse(Files.readString(path), others);
    } catch (NoSuchFileException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "%s does not exist: create it, or correct CONSILIUM_CONFIG".formatted(path));
    } catch (CharacterCodingException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "%s is not UTF-8: save it as UTF-8".formatted(path), e);
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "%s cannot be read (%s): let this user read it"
              .formatted(path, e.getClass().getSimpleName()),
          e);
    }
  }

  /** Reads a text as if it were the file's. */
  public Contents parse(String text) {
    return parse(text, null);
  }

  /** The same, with compositions held against {@code others}; see {@link #read(Company)}. */
  public Contents parse(String text, @Nullable Company others) {
    var tree = YamlTree.parse(text);
    List<Problem> problems = new ArrayList<>(tree.problems());
    var contents = Contents.NOTHING;
    if (tree.root() instanceof ObjectNode root) {
      contents = contents(new Reading(root, "", problems), tree, others);
    } else if (!tree.root().isNull()) {
      problems.add(new Problem("", "must be a map with 'experts:' and the like at its top"));
    }
    if (!problems.isEmpty()) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          problems.stream()
              .sorted(Comparator.comparingInt(problem -> tree.line(problem.pointer())))
              .map(problem -> place(tree, problem.pointer()) + problem.message())
              .distinct()
              .collect(Collectors.joining("\n")));
    }
    return contents;
  }

  private Contents contents(Reading file, YamlTree tree, @Nullable Company others) {
    List<String> warnings = new ArrayList<>();
    var experts = experts(file, tree, warnings);
    var sections = new FileSections(secrets, rules, path.resolveSibling(""));
    var servers = sections.servers(file);
    var documents = sections.documents(file);
    var workers = sections.workers(file);
    var policies = sections.policies(file);
    file.finish();
    var contents = new Contents(experts, servers, documents, workers, policies, warnings);
    new Seating(file, contents, others).check();
    return contents;
  }

  private List<ExpertCard> experts(Reading file, YamlTree tree, List<String> warnings) {
    List<ExpertCard> cards = new ArrayList<>();
    var list = file.node("experts");
    if (list != null && !list.isArray()) {
      file.wrong("experts", "must be a list: each expert starts with '- id: …'");
      return cards;
    }
    var reader = new CardReader(prices, rules, new SecretReading.File(secrets));
    Map<String, String> names = new HashMap<>();
    for (int i = 0; list != null && i < list.size(); i++) {
      var pointer = "/experts/" + i;
      if (!(list.get(i) instanceof ObjectNode body)) {
        file.wrong("experts/" + i, "must be a map that starts with 'id: …'");
        continue;
      }
      var reading = new Reading(body, pointer, file.problems());
      var card = reader.read(reading, Owner.FILE);
      unique(reading, body, names, tree);
      if (card != null) {
        cards.add(card);
        if (prices.isMissing(card.endpoint()) && !body.has("price")) {
          warnings.add(
              "%sno price is known for '%s': it counts as free until 'price' is given"
                  .formatted(place(tree, pointer), card.id()));
        }
      }
    }
    return cards;
  }

  /** No name twice; {@code names} holds where each was first given. */
  private static void unique(
      Reading reading, ObjectNode body, Map<String, String> names, YamlTree tree) {
    List<String> own = new ArrayList<>(List.of(body.path("id").asString("")));
    body.path("aliases").forEach(alias -> own.add(alias.asString("")));
    for (var name : own) {
      var first = name.isEmpty() ? null : names.putIfAbsent(name, reading.pointer());
      if (first != null && !first.equals(reading.pointer())) {
        reading.wrong(
            name.equals(own.getFirst()) ? "id" : "aliases",
            "'%s' is taken by the expert on line %d: choose another"
                .formatted(name, tree.line(first)));
      }
    }
  }

  private String place(YamlTree tree, String pointer) {
    return "%s:%d: ".formatted(path.getFileName(), tree.line(pointer));
  }
}
