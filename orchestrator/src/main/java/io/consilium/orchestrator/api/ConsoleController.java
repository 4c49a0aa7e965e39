package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves the console: one page, and files whose names change with their contents, so that each is
 * read and packed once.
 *
 * <p>The page may load and call nothing but this service, runs no script that is not a file of it,
 * and cannot be shown inside another page.
 */
@RestController
public final class ConsoleController {
  private static final String PAGE = "index.html";

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** What a build makes; nothing else is served. */
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "woff2", "font/woff2");

  private final @Nullable Path folder;
  private final Map<String, Served> files = new ConcurrentHashMap<>();

  private record Served(byte[] plain, byte[] packed, String type, String tag) {}

  /**
   * @param folder where the console was built to; null when it was not
   */
  public ConsoleController(@Nullable Path folder) {
    this.folder = folder;
  }

  @GetMapping("/")
  public void page(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (folder == null || !Files.exists(folder.resolve(PAGE))) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "the console is not built here: install Node.js 20 or newer with npm and run ./consilium up again. GET /v3/api-docs lists every endpoint");
    }
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    write(read(folder.resolve(PAGE)), "no-cache", request, response);
  }

  @GetMapping("/assets/{*name}")
  public void asset(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var name = Paths.below("/assets", request);
    if (folder == null || name.contains("/") || !Files.exists(folder.resolve("assets", name))) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "the console has no file '%s': reload the page, it may be of an earlier version"
              .formatted(name));
    }
    write(
        files.computeIfAbsent(name, missing -> read(folder.resolve("assets", name))),
        "public, max-age=31536000, immutable",
        request,
        response);
  }

  private static Served read(Path file) {
    try {
      var plain = Files.readAllBytes(file);
      var packed = new ByteArrayOutputStream();
      try (var gzip = new GZIPOutputStream(packed)) {
        gzip.write(plain);
      }
      var name = file.toString();
      return new Served(
          plain,
          packed.toByteArray(),
          TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream"),
          "\"%s\"".formatted(HexFormat.of().formatHex(sha256(plain), 0, 12)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void write(
      Served file, String caching, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", caching);
    response.setHeader("ETag", file.tag());
    response.setHeader("Vary", "Accept-Encoding");
    if (file.tag().equals(request.getHeader("If-None-Match"))) {
      response.setStatus(304);
      return;
    }
    response.setContentType(file.type());
    var accepted = request.getHeader("Accept-Encoding");
    boolean packed = accepted != null && accepted.contains("gzip");
    if (packed) {
      response.setHeader("Content-Encoding", "gzip");
    }
    var bytes = packed ? file.packed() : file.plain();
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
