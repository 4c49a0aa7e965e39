package io.consilium.orchestrator.judge;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs tests on code that an answer holds, through a program or service of the operator's: nothing
 * is ever executed by Consilium itself. The runner gets one JSON object, {@code
 * {"decision","code","tests","limits":{"seconds","output_bytes","memory_mb","network":false}}}, on
 * its standard input or as the body of a POST, and says {@code {"passed":true|false}}. To keep the
 * code from the network, and to bound its memory, is the runner's part of the contract; time and
 * output are bounded here as well. Safe for concurrent use; blocks.
 *
 * <p>Not for anything that may run on the machine of the service without a sandbox around it.
 */
public final class CodeRunner {
  private static final Logger log = LoggerFactory.getLogger(CodeRunner.class);
  private static final Pattern FENCED = Pattern.compile("```[^\\n]*\\n(.*?)```", Pattern.DOTALL);

  private final ChecksSettings.Runner settings;

  public CodeRunner(ChecksSettings.Runner settings) {
    this.settings = settings;
  }

  /** The code of an answer: its fenced blocks one after another, or else all of it. */
  static String code(String answer) {
    var code = new StringBuilder();
    for (var block = FENCED.matcher(answer); block.find(); ) {
      code.append(block.group(1));
    }
    return code.isEmpty() ? answer : code.toString();
  }

  /**
   * Whether the code of an answer passes tests.
   *
   * @throws ExpertException {@code UNSUPPORTED} when no runner is configured, {@code UNAVAILABLE}
   *     when it does not say
   */
  public boolean passes(String decision, String answer, String tests) {
    if (settings.command().isEmpty() && settings.url() == null) {
      throw new ExpertException(
              FailureKind.UNSUPPORTED,
              "no runner for tests is configured: set consilium.checks.runner.command or .url to a sandbox of yours")
          .about("tests");
    }
    var asked =
        Json.object().put("decision", decision).put("code", code(answer)).put("tests", tests);
    asked
        .putObject("limits")
        .put("seconds", settings.time().toMillis() / 1e3)
        .put("output_bytes", settings.output().toBytes())
        .put("memory_mb", settings.memory().toMegabytes())
        .put("network", false);
    var url = settings.url();
    var said = url != null ? posted(url, asked) : run(asked);
    var passed = said.path("passed");
    if (!passed.isBoolean()) {
      throw silent("it does not say 'passed', true or false", null);
    }
    return passed.booleanValue();
  }

  private ObjectNode posted(URI url, ObjectNode asked) {
    try (var http = HttpClient.newBuilder().connectTimeout(settings.time()).build()) {
      var response =
          http.send(
              HttpRequest.newBuilder(url)
                  .timeout(settings.time())
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofByteArray(Json.bytes(asked)))
                  .build(),
              BodyHandlers.ofInputStream());
      try (var body = response.body()) {
        if (response.statusCode() != 200) {
          throw silent("it answers HTTP " + response.statusCode(), null);
        }
        return said(body);
      }
    } catch (IOException e) {
      throw silent(e.getClass().getSimpleName(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the tests were called off", e);
    }
  }

  private ObjectNode run(ObjectNode asked) {
    Path folder = null;
    Process process = null;
    try {
      folder = Files.createTempDirectory("consilium-tests");
      var builder =
          new ProcessBuilder(settings.command())
              .directory(folder.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().keySet().retainAll(List.of("PATH", "LANG"));
      process = builder.start();
      return finished(process, asked);
    } catch (IOException e) {
      throw silent(String.valueOf(e.getMessage()), e);
    } finally {
      if (process != null) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      if (folder != null) {
        delete(folder);
      }
    }
  }

  private ObjectNode finished(Process process, ObjectNode asked) throws IOException {
    var said = new CompletableFuture<ObjectNode>();
    var _ = // ends with the process
        Thread.ofVirtual()
            .name("code-runner")
            .start(() -> {
              try (var out = process.getInputStream()) {
                give(process, asked);
                said.complete(said(out));
              } catch (IOException | RuntimeException e) {
                said.completeExceptionally(e);
              }
            });
    try {
      return said.get(settings.time().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw silent("it takes longer than " + settings.time(), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ExpertException known) {
        throw known;
      }
      throw silent(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the tests were called off", e);
    }
  }

  /** A program that does not read all it is given may still say something. */
  private static void give(Process process, ObjectNode asked) {
    try (var in = process.getOutputStream()) {
      in.write(Json.bytes(asked));
    } catch (IOException e) {
      log.debug("the runner does not read what it is given: {}", e.toString());
    }
  }

  private ObjectNode said(InputStream out) throws IOException {
    int most = (int) settings.output().toBytes();
    var bytes = out.readNBytes(most + 1);
    if (bytes.length > most) {
      throw silent("it says more than %,d bytes".formatted(most), null);
    }
    try {
      return Json.object(bytes, "what the runner says");
    } catch (ExpertException e) {
      throw silent(e.message(), e);
    }
  }

  private static ExpertException silent(String why, @Nullable Throwable e) {
    return new ExpertException(
        FailureKind.UNAVAILABLE,
        "the runner of consilium.checks.runner gives no verdict: " + why,
        e);
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      var all = files.toArray(Path[]::new);
      for (var file : Arrays.asList(all).reversed()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      log.warn("{} stays: {}", folder, e.toString());
    }
  }
}
