package io.consilium.orchestrator.security;

import static io.consilium.expert.ApiKey.Access.ADMIN;
import static io.consilium.expert.ApiKey.Access.OPERATOR;
import static io.consilium.expert.ApiKey.Access.USER;
import static io.consilium.expert.ApiKey.Access.VIEWER;

import io.consilium.expert.ApiKey.Access;
import java.util.List;
import java.util.Set;

/**
 * One endpoint and who may call it. {@link #ALL} is the whole table: what is not in it is closed.
 *
 * @param method the HTTP method
 * @param path a literal path, or one that ends in {@code /*} and stands for everything below
 * @param may the access that opens it; empty when anybody may
 * @param shape how its errors are written
 * @param summary one line for the API document
 */
public record Door(String method, String path, Set<Access> may, Shape shape, String summary) {
  /** How errors are written. */
  public enum Shape {
    /** OpenAI's {@code {"error":{…}}}. */
    OPENAI,
    /** RFC 9457 problem details. */
    PROBLEM
  }

  private static final Set<Access> ANYBODY = Set.of();
  private static final Set<Access> ANY_KEY = Set.of(ADMIN, OPERATOR, VIEWER, USER);
  private static final Set<Access> ASK = Set.of(ADMIN, OPERATOR, USER);
  private static final Set<Access> LOOK = Set.of(ADMIN, OPERATOR, VIEWER);
  private static final Set<Access> CHANGE = Set.of(ADMIN, OPERATOR);
  private static final Set<Access> KEYS = Set.of(ADMIN);

  private static final String OUTCOMES = "/v1/outcomes";
  private static final String MEMORY = "/v1/memory";
  private static final String FORGET = "/v1/forget";
  private static final String DISCOVERY = "/v1/discovery";
  private static final String SESSION = "/v1/session";
  private static final String WORKERS = "/v1/workers";
  private static final String FILES = "/v1/files";
  private static final String BATCHES = "/v1/batches";

  /** Where agents come. */
  static final String MCP = "/mcp";

  private static final String RESOURCE = "/.well-known/oauth-protected-resource";

  /** Every endpoint there is. */
  public static final List<Door> ALL =
      List.of(
          openAi("POST", "/v1/chat/completions", ASK, "Answers a conversation, whole or streamed."),
          openAi("POST", "/v1/completions", ASK, "Answers a prompt in OpenAI's older format."),
          openAi("POST", "/v1/embeddings", ASK, "Turns texts into vectors."),
          openAi("GET", "/v1/models", ANY_KEY, "Lists policies and experts as models."),
          openAi("GET", "/v1/models/*", ANY_KEY, "Shows one model."),
          openAi("POST", FILES, ASK, "Keeps a file of requests for a batch."),
          openAi("GET", FILES, ASK, "Lists the files of this key."),
          openAi("GET", FILES + "/*", ASK, "Shows a file; …/content is what is in it."),
          openAi("DELETE", FILES + "/*", ASK, "Deletes a file."),
          openAi("POST", BATCHES, ASK, "Has the requests of a file answered in the background."),
          openAi("GET", BATCHES, ASK, "Lists the batches of this key, newest first."),
          openAi("GET", BATCHES + "/*", ASK, "Shows a batch and how far it is."),
          openAi("POST", BATCHES + "/*", ASK, "Stops a batch: …/cancel."),
          problem("POST", "/v1/route", ANY_KEY, "Says who would answer, without asking anybody."),
          problem("POST", "/v1/tools/search", ANY_KEY, "Finds the right tools for a step."),
          problem("GET", "/v1/tools", LOOK, "Lists tools beside what was approved of them."),
          problem("POST", "/v1/tools/*", CHANGE, "Approves what a tool says now: …/approve."),
          problem("GET", "/v1/experts", LOOK, "Lists experts with health and load."),
          problem("POST", "/v1/experts", CHANGE, "Adds an expert."),
          problem("GET", "/v1/experts/*", LOOK, "Shows one expert."),
          problem("PUT", "/v1/experts/*", CHANGE, "Adds or changes an expert."),
          problem("DELETE", "/v1/experts/*", CHANGE, "Retires an expert."),
          problem("GET", "/v1/decisions", LOOK, "Lists decisions, newest first."),
          problem("GET", "/v1/decisions/*", LOOK, "Shows one decision."),
          problem(
              "POST",
              "/v1/decisions/*",
              LOOK,
              "Runs a decision again from its recorded replies: …/replay."),
          problem("POST", "/v1/feedback", ASK, "Says how right an answer was."),
          problem("GET", MEMORY, ANY_KEY, "Lists what is remembered for a tenant."),
          problem("POST", MEMORY, ASK, "States a fact for a tenant's memory."),
          problem("GET", MEMORY + "/*", ANY_KEY, "Shows a note of a tenant's memory."),
          problem("DELETE", MEMORY + "/*", ASK, "Deletes a note of a tenant's memory."),
          problem("POST", FORGET, ASK, "Forgets a decision, a question or a tenant."),
          problem("GET", FORGET, LOOK, "Lists receipts of what was forgotten."),
          problem("GET", OUTCOMES, LOOK, "Counts outcomes by expert, or lists an expert's."),
          problem("POST", OUTCOMES, CHANGE, "Adds outcomes: JSON, JSON lines or CSV."),
          problem("POST", "/v1/replays", CHANGE, "Plays a policy over recorded outcomes: a job."),
          problem("GET", "/v1/routers", LOOK, "Lists router versions."),
          problem("POST", "/v1/routers", CHANGE, "Fits a router to the outcomes on record: a job."),
          problem("GET", "/v1/routers/*", LOOK, "Shows a router version."),
          problem(
              "POST",
              "/v1/routers/*",
              CHANGE,
              "Acts on a router version: …/promote, …/shadow, …/canary, …/evaluate; rollback goes back."),
          problem("GET", "/v1/learning", LOOK, "Shows what use taught the router that serves."),
          problem("POST", "/v1/experts/*", CHANGE, "Measures an expert: …/interview, a job."),
          problem("POST", "/v1/recruit", CHANGE, "Names a team for questions like these."),
          problem("GET", "/v1/replays/*", LOOK, "Shows a replay, its progress and result."),
          problem("DELETE", "/v1/replays/*", CHANGE, "Cancels a replay."),
          problem("GET", "/v1/jobs", LOOK, "Lists the newest jobs."),
          problem("GET", "/v1/jobs/*", LOOK, "Shows a job, its progress and result."),
          problem("DELETE", "/v1/jobs/*", CHANGE, "Cancels a job."),
          problem("GET", "/v1/keys", KEYS, "Lists API keys; never the keys themselves."),
          problem("POST", "/v1/keys", KEYS, "Makes an API key, shown this once."),
          problem("PATCH", "/v1/keys/*", KEYS, "Changes what an API key may and keeps."),
          problem("DELETE", "/v1/keys/*", KEYS, "Revokes an API key."),
          problem("GET", DISCOVERY, CHANGE, "Looks for model servers and provider keys here."),
          problem("POST", DISCOVERY, CHANGE, "Registers what was found in one place."),
          problem("GET", "/v1/overview", LOOK, "Sums up the traffic of a time."),
          problem("GET", "/v1/spend", LOOK, "Says what was spent with keys and on experts."),
          problem("GET", "/v1/audit", LOOK, "Lists who changed what, newest first."),
          problem("GET", "/v1/events", LOOK, "Tells what happens as it happens."),
          problem("GET", SESSION, ANYBODY, "Says who is signed in to the console."),
          problem("POST", SESSION, ANYBODY, "Exchanges an API key for a session of the console."),
          problem("DELETE", SESSION, ANYBODY, "Ends a session of the console."),
          problem("GET", WORKERS, KEYS, "Lists inference workers and what they serve."),
          problem("GET", WORKERS + "/*", KEYS, "Shows one inference worker."),
          problem(
              "POST", WORKERS + "/*", KEYS, "Changes a worker: …/load, …/unload, …/sleep, …/wake."),
          problem("POST", MCP, ANY_KEY, "Takes a message of the Model Context Protocol."),
          problem("GET", MCP, ANY_KEY, "Streams what a session of that protocol is told of."),
          problem("DELETE", MCP, ANY_KEY, "Ends a session of the Model Context Protocol."),
          problem("GET", RESOURCE, ANYBODY, "Says where agents get access tokens."),
          problem("GET", RESOURCE + MCP, ANYBODY, "The same."),
          problem("GET", "/", ANYBODY, "The console."),
          problem("GET", "/assets/*", ANYBODY, "The files of the console."),
          problem("GET", "/healthz", ANYBODY, "Whether the process lives."),
          problem("GET", "/readyz", ANYBODY, "Whether it takes questions."),
          problem("GET", "/actuator/prometheus", LOOK, "Metrics for Prometheus."),
          problem("GET", "/actuator/health", ANYBODY, "Health, for probes that expect it here."),
          problem("GET", "/actuator/health/*", ANYBODY, "One health group."),
          problem("GET", "/v3/api-docs", ANY_KEY, "This document."));

  public Door {
    may = Set.copyOf(may);
  }

  private static Door openAi(String method, String path, Set<Access> may, String summary) {
    return new Door(method, path, may, Shape.OPENAI, summary);
  }

  private static Door problem(String method, String path, Set<Access> may, String summary) {
    return new Door(method, path, may, Shape.PROBLEM, summary);
  }

  /** Whether its body may be JSON lines or CSV, which no web page can send unasked either. */
  public boolean takesTables() {
    return method.equals("POST") && path.equals(OUTCOMES);
  }

  /** Whether its body may be a form with a file. */
  public boolean takesFiles() {
    return method.equals("POST") && path.equals(FILES);
  }

  /** Whether its body may be left out, as OpenAI's clients do. */
  public boolean takesNothing() {
    return method.equals("POST") && path.equals(BATCHES + "/*");
  }

  /** Whether a web page could send what it takes elsewhere unasked. */
  boolean takesFromPages() {
    return takesFiles() || takesNothing();
  }

  /**
   * Whether what it does belongs on the record of changes: all that is kept for operators, and what
   * cannot be undone.
   */
  public boolean changes() {
    return !method.equals("GET") && (may.equals(CHANGE) || may.equals(KEYS) || path.equals(FORGET));
  }

  /** Whether no key is needed. */
  public boolean open() {
    return may.isEmpty();
  }

  /** Whether this is the door for a request path. */
  public boolean leadsTo(String requested) {
    return path.endsWith("/*")
        ? requested.length() >= path.length()
            && requested.startsWith(path.substring(0, path.length() - 1))
        : path.equals(requested);
  }
}
