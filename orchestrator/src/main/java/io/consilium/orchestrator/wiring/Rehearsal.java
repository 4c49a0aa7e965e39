package io.consilium.orchestrator.wiring;

import io.consilium.adapters.openai.OpenAiClient;
import io.consilium.adapters.openai.OpenAiExpert;
import io.consilium.expert.ApiKey;
import io.consilium.expert.Endpoint;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Json;
import io.consilium.expert.Provider;
import io.consilium.expert.Question;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Terms;
import io.consilium.expert.wire.ChatWire;
import io.consilium.orchestrator.api.Stage;
import io.consilium.orchestrator.security.Caller;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service asks itself over its own port before it is ready, so that what happens once only, and
 * the slowness of code that has hardly run, is not the first caller's. Its questions come through
 * the same doors and code as anybody's; they are answered on a {@link Stage} of their own, with its
 * own registry, meters and a journal in a temporary folder, so that nothing of them stays. A key
 * that lasts as long tells them apart.
 */
final class Rehearsal {
  private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
  private static final String NAME = "rehearsal";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** One question in so many is streamed. */
  private static final int STREAMED = 4;

  private final InstantSource clock;
  private volatile @Nullable Pass pass;

  /** Makes the stage to rehearse on. */
  @FunctionalInterface
  interface Stages {
    /**
     * A stage whose one expert is {@code card}.
     *
     * @param folder for its journal
     */
    Scene build(ExpertCard card, OpenAiClient client, Path folder);
  }

  /** A stage and what to close behind it. */
  record Scene(Stage stage, List<AutoCloseable> props) {}

  /** Who may ask on the stage. */
  private record Pass(byte[] secret, ApiKey key, Stage stage) {}

  Rehearsal(InstantSource clock) {
    this.clock = clock;
  }

  /** The key of the rehearsal while it goes on; empty for every other secret. */
  Optional<ApiKey> find(String secret) {
    var present = pass;
    return present != null && MessageDigest.isEqual(present.secret(), bytes(secret))
        ? Optional.of(present.key())
        : Optional.empty();
  }

  /** Where the questions of the rehearsal are answered; null for every other caller's. */
  @Nullable Stage stage(Caller caller) {
    var present = pass;
    return present != null && present.key().id().equals(caller.key()) ? present.stage() : null;
  }

  /**
   * Asks for so long. A rehearsal that fails leaves the service slower at first, and says so in the
   * log.
   *
   * @param service where the service listens, with the version path
   * @return how many questions were answered
   */
  int run(URI service, Duration time, Stages stages) {
    if (time.isZero()) {
      return 0;
    }
    int answered = 0;
    try {
      var folder = Files.createTempDirectory("consilium-" + NAME);
      try (var upstream = new Understudy();
          var client = new OpenAiClient(address -> {})) {
        var scene = stages.build(card(upstream.address(), null), client, folder);
        try {
          var self = self(scene.stage(), service, client);
          for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() - end < 0; ) {
            self.answer(question(answered), piece -> {});
            answered++;
          }
        } finally {
          pass = null;
          for (var prop : scene.props()) {
            prop.close();
          }
        }
      } finally {
        delete(folder);
      }
    } catch (Exception e) { // whatever it is, callers can be served
      log.warn("the rehearsal before the first question ended early: {}", e.toString());
    }
    return answered;
  }

  /** The service as an expert of itself, with a key to the stage. */
  private Expert self(Stage stage, URI service, OpenAiClient client) {
    var secret = secret();
    pass =
        new Pass(
            bytes(secret),
            new ApiKey(
                "key_" + NAME, NAME, NAME, ApiKey.Access.USER, true, clock.instant(), null, null),
            stage);
    return new OpenAiExpert(
        card(service, new SecretRef("${CONSILIUM_REHEARSAL}")), client, reference -> secret);
  }

  private static String secret() {
    var bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private Question question(int number) {
    var body = Json.object().put("model", NAME).put("temperature", 0.5).put("max_tokens", 256);
    if (number % STREAMED == STREAMED - 1) {
      body.put("stream", true);
    }
    var messages = body.putArray("messages");
    messages.addObject().put("role", "system").put("content", "Be brief.");
    messages.addObject().put("role", "user").put("content", "Question number " + number + "?");
    return ChatWire.question(body, Terms.within(PATIENCE, clock.instant()));
  }

  private static ExpertCard card(URI url, @Nullable SecretRef key) {
    return ExpertCard.of(
        NAME,
        new ExpertKind.Llm(),
        "Answers while the service warms up.",
        new Endpoint(Provider.OPENAI, url, NAME, key, Map.of(), Map.of()));
  }

  private static byte[] bytes(String secret) {
    return secret.getBytes(StandardCharsets.UTF_8);
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (var files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (var file : all) {
      Files.deleteIfExists(file);
    }
  }
}
