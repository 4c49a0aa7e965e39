package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.evaluate.KnownQuestion;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/**
 * Asks experts questions with known answers, through the service, and records who was right. What
 * is on record already is not asked again, so it goes on where it stopped.
 */
@Command(
    name = "evaluate",
    description = "Ask experts questions with known answers, and record who was right.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: evaluate --questions exam.jsonl --experts small,large --budget 2"})
final class EvaluateCommand implements Runnable {
  private static final int BATCH = 25;

  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--questions",
      required = true,
      paramLabel = "FILE",
      description = "CSV or JSON lines: question, answer; check, options, category, id.")
  private Path questions = Path.of("");

  @Option(
      names = "--experts",
      split = ",",
      paramLabel = "ID",
      description = "Whom to ask; everyone who serves chat when left out.")
  private List<String> experts = List.of();

  @Option(
      names = "--budget",
      required = true,
      paramLabel = "USD",
      description = "The most that may be spent, in US dollars.")
  private double budget;

  EvaluateCommand(Client client) {
    this.client = client;
  }

  /** Somebody to be asked. */
  private static final class Candidate {
    private final String id;
    private final String recorded;
    private final Set<String> known = new HashSet<>();
    private int asked;
    private double right;
    private double usd;
    private double dearest;
    private int failed;

    private Candidate(String id, String recorded) {
      this.id = id;
      this.recorded = recorded;
    }
  }

  private record Reply(
      KnownQuestion question, double correct, double usd, double tokens, String answer) {}

  @Override
  public void run() {
    if (!(budget >= 0)) {
      throw ExpertException.invalid("budget", "--budget must be 0 or more US dollars");
    }
    var out = spec.commandLine().getOut();
    var asked = KnownQuestion.read(questions);
    var candidates = candidates();
    candidates.forEach(this::remember);
    long known = candidates.stream().mapToLong(each -> count(each, asked)).sum();
    long all = (long) asked.size() * candidates.size();
    out.printf(
        Locale.ROOT,
        "%,d questions, %d experts; %,d of %,d answers are on record.%n",
        asked.size(),
        candidates.size(),
        known,
        all);
    boolean spent = ask(asked, candidates, known, all, out);
    report(candidates, out);
    if (spent) {
      out.printf(
          Locale.ROOT,
          "Stopped before the budget of %s was passed. Run it again with a larger one to go on.%n",
          Table.usd(budget));
    }
    out.flush();
  }

  private static long count(Candidate candidate, List<KnownQuestion> asked) {
    return asked.stream().filter(question -> candidate.known.contains(question.id())).count();
  }

  /** True when it stopped for the budget. */
  private boolean ask(
      List<KnownQuestion> asked, List<Candidate> candidates, long done, long all, PrintWriter out) {
    Map<Candidate, List<Reply>> kept = new LinkedHashMap<>();
    candidates.forEach(each -> kept.put(each, new ArrayList<>()));
    double spent = 0;
    int unsaved = 0;
    boolean stopped = false;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var question : asked) {
        var open = candidates.stream().filter(each -> !each.known.contains(question.id())).toList();
        double expected = open.stream().mapToDouble(each -> each.dearest).sum();
        if (!open.isEmpty() && spent + expected > budget) {
          stopped = true;
          break;
        }
        Map<Candidate, Future<Reply>> replies = new LinkedHashMap<>();
        // what is left is shared out, so that all together cannot pass it; free experts need none
        double share = Math.max((budget - spent) / Math.max(1, open.size()), 1e-12);
        open.forEach(each -> replies.put(each, threads.submit(() -> ask(question, each, share))));
        for (var entry : replies.entrySet()) {
          var candidate = entry.getKey();
          var reply = of(entry.getValue(), candidate, out);
          if (reply != null) {
            kept.getOrDefault(candidate, new ArrayList<>()).add(reply);
            candidate.asked++;
            candidate.right += reply.correct();
            candidate.usd += reply.usd();
            candidate.dearest = Math.max(candidate.dearest, reply.usd());
            spent += reply.usd();
            unsaved++;
          }
          done++;
        }
        if (unsaved >= BATCH) {
          save(kept);
          unsaved = 0;
        }
        if (!open.isEmpty()) {
          out.printf(Locale.ROOT, "  %,d of %,d  %s%n", done, all, Table.usd(spent));
          out.flush();
        }
      }
    } finally {
      save(kept);
    }
    return stopped;
  }

  private static @Nullable Reply of(Future<Reply> reply, Candidate candidate, PrintWriter out) {
    try {
      return reply.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "interrupted", e);
    } catch (ExecutionException e) {
      candidate.failed++;
      out.printf("  %s: %s%n", candidate.id, e.getCause() == null ? e : e.getCause().getMessage());
      return null;
    }
  }

  private List<Candidate> candidates() {
    Map<String, JsonNode> cards = new LinkedHashMap<>();
    for (var card : client.get("/v1/experts").path("data")) {
      cards.put(card.path("id").asString(""), card);
    }
    List<Candidate> found = new ArrayList<>();
    for (var id : experts.isEmpty() ? cards.keySet() : experts) {
      var card = cards.get(id);
      if (card == null) {
        throw ExpertException.invalid(
            "experts",
            "there is no expert '%s'; there are %s"
                .formatted(id, String.join(", ", cards.keySet())));
      }
      var kind = card.path("kind").asString("");
      if (!experts.isEmpty()
          || !(kind.equals("tool") || kind.equals("retriever") || kind.equals("classifier"))) {
        found.add(new Candidate(id, id + "@" + card.path("version").asInt(1)));
      }
    }
    if (found.isEmpty()) {
      throw ExpertException.invalid(
          "experts",
          "no model is registered; name others with --experts, or add one: docs/how-to/declare-experts.md");
    }
    return found;
  }

  /** Reads what is on record of an expert in its present version. */
  private void remember(Candidate candidate) {
    var after = "";
    do {
      var page =
          client.get(
              "/v1/outcomes?limit=10000&expert=%s%s"
                  .formatted(
                      URLEncoder.encode(candidate.recorded, StandardCharsets.UTF_8),
                      after.isEmpty() ? "" : "&after=" + after));
      page.path("data").forEach(each -> candidate.known.add(each.path("item").asString("")));
      after = page.path("next").asString("");
    } while (!after.isEmpty());
  }

  private Reply ask(KnownQuestion question, Candidate candidate, double share) {
    var body = Json.object().put("model", "consilium/auto");
    var messages = body.putArray("messages");
    messages.addObject().put("role", "system").put("content", question.check().instruction());
    messages.addObject().put("role", "user").put("content", question.asked());
    // pinned rather than named as the model: then the service itself keeps to the budget
    var wishes = body.putObject("consilium").put("budget_usd", share).put("explain", true);
    wishes.put("cache", "off");
    wishes.putArray("pin").add(candidate.id);
    var reply = client.post("/v1/chat/completions", body);
    if (reply.path("consilium").path("plan").path("type").asString("").equals("abstain")) {
      throw new ExpertException(
          FailureKind.BUDGET_EXCEEDED,
          "not asked, for the answer would probably cost more than the %s left for it"
              .formatted(Table.usd(share)));
    }
    var text = reply.path("choices").path(0).path("message").path("content").asString("");
    return new Reply(
        question,
        question.check().right(text, question.answer()) ? 1 : 0,
        price(reply),
        reply.path("usage").path("completion_tokens").asDouble(Double.NaN),
        KnownQuestion.said(text));
  }

  /** What the call cost, as the decision has it. */
  private double price(JsonNode reply) {
    var id = reply.path("id").asString("").replaceFirst("^chatcmpl-", "dec_");
    return client.get("/v1/decisions/" + id).path("usd").asDouble(0);
  }

  private void save(Map<Candidate, List<Reply>> kept) {
    var root = Json.object();
    var rows = root.putArray("outcomes");
    kept.forEach((candidate, replies) -> {
      for (var reply : replies) {
        var row =
            rows.addObject()
                .put("id", reply.question().id())
                .put("question", reply.question().question())
                .put("expert", candidate.recorded)
                .put("correct", reply.correct())
                .put("cost", reply.usd())
                .put("category", reply.question().category())
                .put("right", reply.question().answer())
                .put("check", reply.question().check().word());
        if (!Double.isNaN(reply.tokens())) {
          row.put("tokens", reply.tokens());
        }
        if (!reply.answer().isEmpty()) {
          row.put("answer", reply.answer());
        }
        if (!reply.question().options().isEmpty()) {
          reply.question().options().forEach(row.putArray("options")::add);
        }
      }
      replies.clear();
    });
    if (!rows.isEmpty()) {
      client.post("/v1/outcomes?source=check", root);
    }
  }

  private static void report(List<Candidate> candidates, PrintWriter out) {
    var table = new Table("expert", "asked", "right", "price", "failed");
    for (var each : candidates) {
      table.row(
          each.id,
          Integer.toString(each.asked),
          each.asked == 0
              ? ""
              : String.format(Locale.ROOT, "%.1f %%", 100 * each.right / each.asked),
          Table.usd(each.usd),
          each.failed == 0 ? "" : Integer.toString(each.failed));
    }
    table.print(out);
  }
}
