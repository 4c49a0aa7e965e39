package io.consilium.bench.console;

import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.Decision;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.KeptDecision;
import io.consilium.expert.Provider;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcCards;
import io.consilium.expert.jdbc.JdbcDecisions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fills the embedded store with decisions and experts, starts the service on it as a user does, and
 * lets a browser open the console's screens. The decisions are real ones, made by asking the
 * bundled experts, told again with other ids and times of the last thirty days.
 */
public final class ConsoleBench {
  private static final String HELP =
      """
      bench console [options]
        --decisions LIST  decisions in the store, for each a run (default 100000,1000000)
        --experts LIST    experts registered besides the bundled ones, likewise (default 0,10000)
        --out FILE        the report (default bench/reports/console.md)
        --json FILE       one JSON line per measure\
      """;

  private static final Duration SPAN = Duration.ofDays(30);
  private static final int TOGETHER = 2_000;
  private static final List<String> QUESTIONS =
      List.of(
          "What is 17.5 % of 2,340 EUR?",
          "How many km are 26.2 miles?",
          "What weekday is 2026-12-24?",
          "How do I start Consilium on another port?",
          "What is the square root of 1764?",
          "I was charged twice this month",
          "Convert 72 °F to °C",
          "How are API keys kept?",
          "How many days are from 2026-01-01 to 2026-03-01?",
          "Why did the last invoice fail?",
          "What is a cascade?",
          "Write a poem about the sea");
  private static final List<String> SUBJECTS =
      List.of(
          "contract law",
          "organic chemistry",
          "tax returns",
          "medieval history",
          "Java",
          "cooking");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final JsonMapper json = JsonMapper.builder().build();
  private final Path root = root();

  private ConsoleBench() {}

  /** One filled store and what a browser saw of it. */
  record Run(int decisions, int experts, double fillSeconds, Map<String, Screen> screens) {}

  /**
   * A screen, or a step on one; medians.
   *
   * @param paintMillis until anything was drawn; NaN for a step
   * @param wholeMillis until it showed what it is for
   * @param scriptBytes JavaScript as transferred; NaN for a step
   */
  record Screen(double paintMillis, double wholeMillis, double scriptBytes) {}

  /**
   * Runs the bench and writes its report; throws {@link IllegalArgumentException} on bad options.
   */
  public static void run(String[] args) throws IOException, InterruptedException {
    if (List.of(args).contains("--help")) {
      System.out.println(HELP);
      return;
    }
    Map<String, String> given = new TreeMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!List.of("--decisions", "--experts", "--out", "--json").contains(args[i])
          || i + 1 == args.length) {
        throw new IllegalArgumentException("Not understood: '" + args[i] + "'.\n" + HELP);
      }
      given.put(args[i], args[i + 1]);
    }
    var decisions = numbers(given.getOrDefault("--decisions", "100000,1000000"), 1);
    var experts = numbers(given.getOrDefault("--experts", "0,10000"), 0);
    if (decisions.size() != experts.size()) {
      throw new IllegalArgumentException(
          "--decisions and --experts must name as many numbers as each other.\n" + HELP);
    }
    var bench = new ConsoleBench();
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < decisions.size(); i++) {
      runs.add(bench.measure(decisions.get(i), experts.get(i)));
    }
    var report = Path.of(given.getOrDefault("--out", "bench/reports/console.md"));
    Files.createDirectories(report.toAbsolutePath().getParent());
    Files.writeString(report, ConsoleReport.markdown(runs));
    if (given.containsKey("--json")) {
      Files.writeString(Path.of(given.get("--json")), ConsoleReport.jsonLines(runs));
    }
    System.out.println("report: " + report);
  }

  private static List<Integer> numbers(String list, int least) {
    try {
      var numbers = Stream.of(list.split(",")).map(String::strip).map(Integer::valueOf).toList();
      if (numbers.stream().allMatch(number -> number >= least)) {
        return numbers;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw new IllegalArgumentException(
        "'%s' must be whole numbers from %d on, parted by commas.\n%s"
            .formatted(list, least, HELP));
  }

  private Run measure(int decisions, int experts) throws IOException, InterruptedException {
    var home = Files.createTempDirectory("consilium-console-bench");
    var models = models();
    try {
      int port = freePort();
      up(home, port);
      for (var question : QUESTIONS) {
        ask(port, question);
      }
      down(home);
      long began = System.nanoTime();
      fill(home, decisions, experts, models.getAddress().getPort());
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.printf(
          Locale.ROOT, "%,d decisions and %,d experts in %.0f s%n", decisions, experts, seconds);
      up(home, port);
      return new Run(decisions, experts, seconds, screens("http://127.0.0.1:" + port));
    } finally {
      down(home);
      models.stop(0);
      try (Stream<Path> files = Files.walk(home)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static void fill(Path home, int decisions, int experts, int models) {
    try (var database = Database.open(null, home)) {
      var store = new JdbcDecisions(database);
      var asked = store.list(JdbcDecisions.Filter.ALL, 100, null).data();
      var random = new Random(1);
      var first = Instant.now().minus(SPAN);
      long step = SPAN.dividedBy(decisions).toNanos();
      List<KeptDecision> together = new ArrayList<>(TOGETHER);
      for (int i = 0; i < decisions; i++) {
        together.add(
            KeptDecision.of(
                at(first.plusNanos(i * step), asked.get(random.nextInt(asked.size())), random)));
        if (together.size() == TOGETHER || i + 1 == decisions) {
          store.keep(together);
          together.clear();
        }
      }
      new JdbcCards(database, Clock.systemUTC())
          .save(Stream.iterate(0, i -> i < experts, i -> i + 1).map(i -> card(i, models)).toList());
    }
  }

  private static Decision at(Instant at, Decision like, Random random) {
    var hex = HexFormat.of();
    long micros = at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
    var id =
        "dec_"
            + hex.toHexDigits(micros, 14)
            + hex.toHexDigits(random.nextLong(), 16)
            + hex.toHexDigits(random.nextInt(), 2);
    return new Decision(
        id,
        at,
        like.tenant(),
        like.key(),
        like.conversation(),
        like.model(),
        like.policy(),
        like.question(),
        like.profile(),
        like.route(),
        like.replies(),
        like.answer(),
        like.failure(),
        like.usd() + random.nextInt(100) / 1e5,
        like.millis() * (0.5 + random.nextDouble()),
        like.overheadMillis() * (0.5 + random.nextDouble()),
        like.bought(),
        like.cached(),
        like.notes(),
        like.shown());
  }

  private static ExpertCard card(int number, int models) {
    var subject = SUBJECTS.get(number % SUBJECTS.size());
    var endpoint =
        new Endpoint(
            Provider.OPENAI,
            URI.create("http://127.0.0.1:%d/v1".formatted(models)),
            "fake",
            null,
            Map.of(),
            Map.of());
    return ExpertCard.of(
        "expert-%05d".formatted(number),
        new ExpertKind.Llm(),
        "Answers questions about %s, part %d.".formatted(subject, number),
        endpoint);
  }

  /** Something for the registered experts' health to look at. */
  private HttpServer models() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    byte[] list =
        "{\"object\":\"list\",\"data\":[{\"id\":\"fake\",\"object\":\"model\"}]}"
            .getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, list.length);
            exchange.getResponseBody().write(list);
          }
        });
    server.start();
    return server;
  }

  private Map<String, Screen> screens(String url) throws IOException, InterruptedException {
    var node =
        new ProcessBuilder("node", root.resolve("admin-console/test/paint.mjs").toString(), url)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Map<String, Screen> screens = new LinkedHashMap<>();
    try (var lines = node.inputReader(StandardCharsets.UTF_8)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(line);
        var seen = json.readTree(line);
        screens.put(
            seen.path("screen").asString(),
            new Screen(
                seen.path("paint_ms").asDouble(Double.NaN),
                seen.path("whole_ms").asDouble(Double.NaN),
                seen.path("script_bytes").asDouble(Double.NaN)));
      }
    }
    if (node.waitFor() != 0) {
      throw new IOException("the browser could not show every screen; why is said above");
    }
    return screens;
  }

  private void ask(int port, String question) throws IOException, InterruptedException {
    var body =
        json.writeValueAsString(
            Map.of(
                "model",
                "consilium/auto",
                "messages",
                List.of(Map.of("role", "user", "content", question))));
    http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }

  private void up(Path home, int port) throws IOException, InterruptedException {
    consilium(home, "up", "--detach", "--no-discover", "--no-worker", "--port", "" + port);
  }

  private void down(Path home) throws IOException, InterruptedException {
    consilium(home, "down");
  }

  private void consilium(Path home, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(root.resolve("consilium").toString());
    command.addAll(List.of(arguments));
    var log = home.resolve("bench.log");
    var builder = new ProcessBuilder(command);
    builder.environment().put("CONSILIUM_HOME", home.toString());
    List.of("CONSILIUM_CONFIG", "CONSILIUM_DB_URL", "CONSILIUM_ADMIN_KEY", "CONSILIUM_HOST")
        .forEach(builder.environment()::remove);
    int code =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException(
          "%s ended with code %d:%n%s".formatted(command, code, Files.readString(log)));
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Path root() {
    var here = Path.of("").toAbsolutePath();
    for (Path folder = here; folder != null; folder = folder.getParent()) {
      if (Files.isExecutable(folder.resolve("consilium"))) {
        return folder;
      }
    }
    throw new IllegalArgumentException(
        "Run the console bench inside the repository: no ./consilium above " + here);
  }
}
