package io.consilium.expert.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.SecretRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
  private static final String CLEAR = "sk-very-secret-0123456789";

  @TempDir private Path home = Path.of("");

  private Secrets secrets(String... environment) {
    return new Secrets(
        environment.length == 0 ? Map.of() : Map.of(environment[0], environment[1]), home);
  }

  private static void assertMisconfigured(Runnable act, String... words) {
    assertThatThrownBy(act::run)
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFIGURATION))
        .hasMessageContainingAll(words)
        .hasMessageNotContaining(CLEAR);
  }

  @Test
  void aVariableIsLookedUpInTheEnvironment() {
    assertThat(secrets("MY_KEY", CLEAR + "\n").resolve(new SecretRef("${MY_KEY}")))
        .isEqualTo(CLEAR);
    assertThat(secrets("MY_KEY", CLEAR).resolve(new SecretRef("Bearer ${MY_KEY}")))
        .isEqualTo("Bearer " + CLEAR);
  }

  @Test
  void aMissingVariableIsNamed() {
    assertMisconfigured(() -> secrets().resolve(new SecretRef("${MY_KEY}")), "MY_KEY", "not set");
    assertMisconfigured(() -> secrets("MY_KEY", " ").resolve(new SecretRef("${MY_KEY}")), "MY_KEY");
  }

  @Test
  void aFileIsReadWithoutItsLastLineBreak() throws Exception {
    Files.writeString(home.resolve("key"), CLEAR + "\n");

    assertThat(secrets().resolve(new SecretRef("file:key"))).isEqualTo(CLEAR);
    assertThat(secrets().resolve(new SecretRef("file:" + home.resolve("key")))).isEqualTo(CLEAR);
  }

  @Test
  void aMissingOrEmptyFileIsNamed() throws Exception {
    Files.writeString(home.resolve("empty"), "\n");

    assertMisconfigured(() -> secrets().resolve(new SecretRef("file:none")), "file:none");
    assertMisconfigured(() -> secrets().resolve(new SecretRef("file:empty")), "file:empty");
  }

  @Test
  void aSealedValueOpensUnderTheSameKeyAndShowsNothing() {
    var sealed = secrets().seal(CLEAR);

    assertThat(sealed.reference()).startsWith("sealed:").doesNotContain(CLEAR);
    assertThat(sealed.toString()).isEqualTo("sealed:***");
    assertThat(secrets().resolve(sealed)).isEqualTo(CLEAR);
  }

  @Test
  void theSameValueIsSealedAlikeAndAnotherIsNot() {
    assertThat(secrets().seal(CLEAR)).isEqualTo(secrets().seal(CLEAR));
    assertThat(secrets().seal(CLEAR)).isNotEqualTo(secrets().seal(CLEAR + "!"));
  }

  @Test
  void theKeyIsMadeOnFirstUseAndReadableByItsOwnerAlone() throws Exception {
    assertThat(home.resolve("secret.key")).doesNotExist();
    secrets().seal(CLEAR);

    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("secret.key"))))
        .isEqualTo("rw-------");
    try (var files = Files.list(home)) {
      assertThat(files).containsExactly(home.resolve("secret.key"));
    }
  }

  @Test
  void aKeyInTheEnvironmentLeavesNoFile() {
    var secrets = secrets("CONSILIUM_SECRET_KEY", "0123456789abcdef-long");
    var sealed = secrets.seal(CLEAR);

    assertThat(home.resolve("secret.key")).doesNotExist();
    assertThat(secrets.resolve(sealed)).isEqualTo(CLEAR);
    assertMisconfigured(() -> secrets("CONSILIUM_SECRET_KEY", "short").seal(CLEAR), "16");
  }

  @Test
  void anotherKeyOrABrokenValueDoesNotOpenAndTheErrorShowsNeither() {
    var sealed = secrets().seal(CLEAR);
    var other = secrets("CONSILIUM_SECRET_KEY", "0123456789abcdef-long");

    assertMisconfigured(() -> other.resolve(sealed), "CONSILIUM_SECRET_KEY", "secret.key");
    for (var broken : List.of("sealed:AAAA", sealed.reference() + "A", "sealed:A=A")) {
      assertMisconfigured(() -> secrets().resolve(new SecretRef(broken)), "does not open");
    }
  }

  @Test
  void aDamagedKeyFileIsNamed() throws Exception {
    Files.writeString(home.resolve("secret.key"), "AAAA");

    assertMisconfigured(() -> secrets().seal(CLEAR), "secret.key", "damaged");
  }

  @Test
  void processesThatStartTogetherAgreeOnOneKey() throws Exception {
    int starters = 6;
    var barrier = new CyclicBarrier(starters);
    List<Callable<SecretRef>> starts = new ArrayList<>();
    for (int i = 0; i < starters; i++) {
      starts.add(() -> {
        barrier.await();
        return secrets().seal(CLEAR);
      });
    }
    try (var threads = Executors.newFixedThreadPool(starters)) {
      List<SecretRef> sealed = new ArrayList<>();
      for (var start : threads.invokeAll(starts)) {
        sealed.add(start.get());
      }
      assertThat(sealed).containsOnly(secrets().seal(CLEAR));
    }
  }

  @Test
  void aTextThatIsNoReferenceStandsForItself() {
    assertThat(secrets().expand("debug")).isEqualTo("debug");
    assertThat(secrets("X", CLEAR).expand("${X}")).isEqualTo(CLEAR);
  }

  @Test
  void aClearTextIsNoReference() {
    for (var text : List.of(CLEAR, "", "${}", "${A-B}", "$HOME", "file:", "Bearer abc${X}")) {
      assertThatThrownBy(() -> new SecretRef(text))
          .isInstanceOf(ExpertException.class)
          .hasMessageNotContaining(CLEAR);
    }
  }
}
