package io.consilium.expert.card;

import io.consilium.expert.Endpoint;
import io.consilium.expert.Price;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * List prices and context windows of well-known hosted models, for cards that give none. A model
 * counts as listed when its vendor's own host serves it: the same name on another server may cost
 * anything.
 */
public final class Prices {
  /** What vendors append to a name: a date, a build, {@code -latest}, {@code -preview}. */
  private static final Pattern SUFFIX =
      Pattern.compile("(-v?\\d{1,8})+(:\\d+)?|-latest|-preview(-.*)?");

  private final LocalDate asOf;
  private final List<Vendor> vendors;

  private record Vendor(List<String> hosts, List<String> providers, Map<String, Listed> models) {}

  /**
   * What is known of a model.
   *
   * @param context tokens it reads; 0 when unknown
   */
  public record Listed(Price price, int context) {}

  private Prices(LocalDate asOf, List<Vendor> vendors) {
    this.asOf = asOf;
    this.vendors = vendors;
  }

  /** The table that comes with the service. */
  public static Prices shipped() {
    try (var in = Prices.class.getResourceAsStream("prices.yaml")) {
      if (in == null) {
        throw new IllegalStateException("prices.yaml is missing beside " + Prices.class);
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** When the prices were looked up. */
  public LocalDate asOf() {
    return asOf;
  }

  /** What is known of the model behind this endpoint. */
  public Optional<Listed> of(Endpoint endpoint) {
    var host = host(endpoint.url());
    var provider = Reading.label(endpoint.provider());
    return vendors.stream()
        .filter(vendor ->
            host == null ? vendor.providers().contains(provider) : vendor.hosts().contains(host))
        .findFirst()
        .flatMap(vendor -> named(vendor.models(), endpoint.model()));
  }

  /** Whether a hosted model probably costs something, and nothing says how much. */
  boolean isMissing(Endpoint endpoint) {
    var url = endpoint.url();
    var hosted =
        url == null
            ? vendors.stream()
                .anyMatch(each -> each.providers().contains(Reading.label(endpoint.provider())))
            : url.getScheme().equals("https") && url.getHost() != null;
    return hosted && of(endpoint).isEmpty();
  }

  private static Optional<Listed> named(Map<String, Listed> models, String model) {
    var exact = models.get(model);
    if (exact != null) {
      return Optional.of(exact);
    }
    return models.entrySet().stream()
        .filter(entry -> model.startsWith(entry.getKey()))
        .filter(entry -> SUFFIX.matcher(model.substring(entry.getKey().length())).matches())
        .findFirst()
        .map(Map.Entry::getValue);
  }

  private static @Nullable String host(@Nullable URI url) {
    return url == null ? null : url.getHost();
  }

  static Prices parse(String yaml) {
    var tree = YamlTree.parse(yaml);
    List<Problem> problems = new ArrayList<>(tree.problems());
    List<Vendor> vendors = new ArrayList<>();
    var asOf = LocalDate.EPOCH;
    if (tree.root() instanceof ObjectNode root) {
      var table = new Reading(root, "", problems);
      asOf = LocalDate.parse(table.required("as_of", "a date"));
      for (var name : table.entries("vendors").keySet()) {
        var all = table.object("vendors");
        var vendor = all == null ? null : all.object(name);
        if (vendor != null) {
          vendors.add(vendor(vendor));
        }
      }
      table.finish();
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("the price table is wrong: " + problems);
    }
    return new Prices(asOf, vendors);
  }

  private static Vendor vendor(Reading vendor) {
    Map<String, Listed> models = new LinkedHashMap<>();
    var listed = vendor.object("models");
    for (var name : vendor.entries("models").keySet()) {
      var model = listed == null ? null : listed.object(name);
      if (model != null) {
        double input = model.number("input", 0, 1000, 0);
        var price =
            new Price(
                input,
                model.number("cached_input", 0, 1000, input),
                model.number("output", 0, 1000, 0),
                0);
        models.put(name, new Listed(price, model.count("context", 0)));
        model.finish();
      }
    }
    var read = new Vendor(vendor.texts("hosts"), vendor.texts("providers"), models);
    vendor.finish();
    return read;
  }
}
