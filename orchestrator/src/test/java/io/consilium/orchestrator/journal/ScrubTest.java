package io.consilium.orchestrator.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Decision;
import io.consilium.expert.FailureKind;
import io.consilium.expert.KeptDecision;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubTest {
  /** A secret and a message that quotes it. */
  record Quoted(String secret, String message) {}

  @Property(tries = 500)
  void aSecretThatAServerQuotesIsBlottedOutInBothPlaces(@ForAll("quoted") Quoted quoted) {
    var decision = failed(quoted.message());
    String line =
        new String(
            Line.of(KeptDecision.of(Scrub.failures(decision)).json()), StandardCharsets.UTF_8);
    assertThat(line).doesNotContain(quoted.secret());
  }

  @Provide
  Arbitrary<Quoted> quoted() {
    var secrets =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withCharRange('A', 'Z')
            .withCharRange('0', '9')
            .withChars('-', '_', '.')
            .ofMinLength(16)
            .ofMaxLength(64);
    var forms =
        Arbitraries.of(
            "Incorrect API key provided: %s. You can find it at example.com",
            "the server at https://user:%s@host/v1 answered 500",
            "GET https://host/v1/models?key=%s&alt=sse failed",
            "https://host/v1?api_key=%s",
            "Authorization: Bearer %s",
            "{\"authorization\":\"Bearer %s\"}",
            "{\"x-api-key\": \"%s\"}",
            "x-goog-api-key: %s was refused",
            "bearer %s is unknown",
            "password=%s",
            "invalid sk-%s",
            "auth_token: '%s'");
    return Combinators.combine(secrets, forms)
        .as((secret, form) -> new Quoted(secret, "before " + form.formatted(secret) + " after"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "the expert answered 429 Too Many Requests; wait 3 s",
        "no answer came within 30 s from http://localhost:11434/v1",
        "wrong key: check OPENAI_API_KEY",
        "the model wants max_tokens below 4096"
      })
  void ordinaryMessagesStayAsTheyAre(String message) {
    assertThat(Scrub.text(message)).isEqualTo(message);
  }

  @Test
  void neitherFileNorStoreSeesIt(@TempDir Path folder) throws IOException {
    List<Decision> stored = new CopyOnWriteArrayList<>();
    String secret = "sk-proj-abcdef0123456789";
    try (var journal =
        new Journal(
            folder,
            JournalSettings.DEFAULT,
            Decisions.readBy(stored::addAll),
            new SimpleMeterRegistry())) {
      journal.record(failed("Incorrect API key provided: " + secret));
      try (var files = Files.list(folder)) {
        for (var file : files.toList()) {
          assertThat(Files.readString(file, StandardCharsets.UTF_8)).doesNotContain(secret);
        }
      }
    }
    assertThat(stored.toString()).contains("Incorrect API key").doesNotContain(secret);
  }

  private static Decision failed(String message) {
    var decision = Decisions.decision();
    var failure = new Decision.Failure(FailureKind.UPSTREAM_AUTH, message);
    return new Decision(
        decision.id(),
        decision.at(),
        decision.tenant(),
        decision.key(),
        decision.conversation(),
        decision.model(),
        decision.policy(),
        decision.question(),
        decision.profile(),
        decision.route(),
        List.of(
            new Decision.Told("big", 1, null, 1, null, 0, failure, null),
            decision.replies().getLast()),
        null,
        failure,
        decision.usd(),
        decision.millis(),
        decision.overheadMillis());
  }
}
