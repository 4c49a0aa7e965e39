package io.consilium.worker.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Which files the native library may be shown: those in folders the operator named, and those whose
 * digest is known. Readers of such formats have had memory errors, so nothing else is opened.
 */
final class Admission {
  private final List<Path> folders;
  private final List<String> digests;

  Admission(List<Path> folders, List<String> digests) {
    this.folders = folders;
    this.digests = digests;
  }

  /** The file itself, links resolved. */
  Path admit(Path path) {
    Path real;
    try {
      real = path.toRealPath();
    } catch (IOException e) {
      throw WorkerException.notFound("path", "there is no file %s".formatted(path));
    }
    if (!Files.isRegularFile(real)) {
      throw WorkerException.badFile("%s is no file".formatted(path));
    }
    for (var folder : folders) {
      if (inside(real, folder)) {
        return real;
      }
    }
    if (digests.contains(digest(real))) {
      return real;
    }
    // the digest is not said: who may load adapters need not be able to compare any file here
    throw new WorkerException(
        403,
        "permission_error",
        "path",
        "%s may not be loaded: it lies in none of the folders %s, and its SHA-256 is none that is known. Name its folder (consilium.worker.folders, or --folder of a worker of your own) or its digest (--digest)."
            .formatted(path, folders));
  }

  private static boolean inside(Path real, Path folder) {
    try {
      return real.startsWith(folder.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  static String digest(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      var sha = MessageDigest.getInstance("SHA-256");
      var buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (IOException e) {
      throw WorkerException.badFile("%s cannot be read: %s".formatted(file, e.getMessage()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
