package io.consilium.expert.secret;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.SecretRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Finds the values of {@link SecretRef}s, and seals values given in clear.
 *
 * <p>Sealed values are AES-256-GCM under {@code CONSILIUM_SECRET_KEY}, or under {@code secret.key}
 * in the home folder, made on first use and readable by its owner alone. The nonce is a keyed hash
 * of the value, so that sealing the same value twice gives the same reference and a card that did
 * not change makes no new version; all this reveals is that two values are equal.
 *
 * <p>Errors name the reference, never the value. Safe for concurrent use.
 */
public final class Secrets {
  private static final String SEALED = "sealed:";
  private static final int NONCE = 12;

  private final Map<String, String> environment;
  private final Path home;
  private byte @Nullable [] master;

  /**
   * @param environment where {@code ${NAME}} is looked up, and {@code CONSILIUM_SECRET_KEY}
   * @param home the folder of {@code secret.key}; relative {@code file:} references start here
   */
  public Secrets(Map<String, String> environment, Path home) {
    this.environment = Map.copyOf(environment);
    this.home = home;
  }

  /** The secret's value; {@link FailureKind#CONFIGURATION} when it cannot be found. */
  public String resolve(SecretRef ref) {
    var reference = ref.reference();
    if (reference.startsWith(SEALED)) {
      return open(reference.substring(SEALED.length()));
    }
    if (reference.startsWith("file:")) {
      return file(reference.substring("file:".length()));
    }
    int start = reference.indexOf("${");
    var name = reference.substring(start + 2, reference.length() - 1);
    var value = environment.get(name);
    if (value == null || value.isBlank()) {
      throw wrong(
          "the environment variable %s is not set: set it and start again".formatted(name), null);
    }
    return reference.substring(0, start) + value.strip();
  }

  /** The value of a text that may be a reference; any other text stands for itself. */
  public String expand(String text) {
    return SecretRef.isReference(text) ? resolve(new SecretRef(text)) : text;
  }

  /** A reference to {@code value}, encrypted; equal values give equal references. */
  public SecretRef seal(String value) {
    var plain = value.getBytes(StandardCharsets.UTF_8);
    try {
      var nonce = Arrays.copyOf(mac("nonce", plain), NONCE);
      var cipher = cipher(Cipher.ENCRYPT_MODE, nonce);
      var body = cipher.doFinal(plain);
      var all = Arrays.copyOf(nonce, NONCE + body.length);
      System.arraycopy(body, 0, all, NONCE, body.length);
      return new SecretRef(SEALED + Base64.getUrlEncoder().withoutPadding().encodeToString(all));
    } catch (GeneralSecurityException e) {
      throw new ExpertException(FailureKind.INTERNAL, "a secret could not be sealed", e);
    }
  }

  private String open(String base64) {
    try {
      var all = Base64.getUrlDecoder().decode(base64);
      var cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(all, NONCE));
      return new String(
          cipher.doFinal(all, NONCE, Math.max(0, all.length - NONCE)), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw wrong(
          "a sealed secret does not open under the present key: bring back the former"
              + " CONSILIUM_SECRET_KEY or %s, or enter the secret again".formatted(keyFile()),
          null);
    }
  }

  private String file(String path) {
    var file = home.resolve(path);
    try {
      var value = Files.readString(file).strip();
      if (value.isEmpty()) {
        throw wrong("the secret file:%s is empty".formatted(path), null);
      }
      return value;
    } catch (IOException e) {
      throw wrong(
          "the secret file:%s cannot be read (%s): create it, or let this process read it"
              .formatted(path, e.getClass().getSimpleName()),
          e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    var key = new SecretKeySpec(mac("encrypt", new byte[0]), "AES");
    cipher.init(mode, key, new GCMParameterSpec(128, nonce));
    return cipher;
  }

  /** HMAC-SHA-256 under the master key; {@code use} keeps the keys of different uses apart. */
  private byte[] mac(String use, byte[] message) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(master(), "HmacSHA256"));
    mac.update(use.getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0);
    return mac.doFinal(message);
  }

  private synchronized byte[] master() {
    if (master == null) {
      var given = environment.get("CONSILIUM_SECRET_KEY");
      if (given != null && !given.isBlank()) {
        if (given.strip().length() < 16) {
          throw wrong("CONSILIUM_SECRET_KEY is too short: use at least 16 random characters", null);
        }
        master = given.strip().getBytes(StandardCharsets.UTF_8);
      } else {
        master = keptKey();
      }
    }
    return master;
  }

  private byte[] keptKey() {
    try {
      if (!Files.exists(keyFile())) {
        makeKey();
      }
      var key = Base64.getDecoder().decode(Files.readString(keyFile()).strip());
      if (key.length < 32) {
        throw wrong("%s is damaged: bring it back from a backup".formatted(keyFile()), null);
      }
      return key;
    } catch (IOException | IllegalArgumentException e) {
      throw wrong(
          "the key of sealed secrets, %s, can be neither read nor made (%s): make the folder"
                  .formatted(keyFile(), e.getClass().getSimpleName())
              + " writable or set CONSILIUM_SECRET_KEY",
          e);
    }
  }

  /** Written beside and moved, so that nobody ever reads half a key or one others may read. */
  private void makeKey() throws IOException {
    var key = new byte[32];
    new SecureRandom().nextBytes(key);
    Files.createDirectories(home);
    var part =
        Files.createTempFile(home, "secret", ".part"); // for its owner alone, as such files are
    Files.writeString(part, Base64.getEncoder().encodeToString(key));
    try {
      Files.createLink(keyFile(), part);
    } catch (FileAlreadyExistsException e) {
      // another process was first; its key is the one
    } catch (UnsupportedOperationException e) {
      Files.move(part, keyFile());
      return;
    }
    Files.delete(part);
  }

  private Path keyFile() {
    return home.resolve("secret.key");
  }

  private static ExpertException wrong(String message, @Nullable Throwable cause) {
    return new ExpertException(FailureKind.CONFIGURATION, message, cause);
  }
}
