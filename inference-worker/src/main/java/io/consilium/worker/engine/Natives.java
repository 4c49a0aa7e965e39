package io.consilium.worker.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the native library: in a folder the user names, else in the Maven artefact. */
final class Natives {
  /** What was found: its symbols, and the folder that holds loadable back ends, or null. */
  record Found(SymbolLookup symbols, @Nullable Path backends, String origin) {}

  private Natives() {}

  /**
   * Loads the library for the life of the process.
   *
   * @param folder unpacked natives of a llama.cpp build (with {@code libllama}), or null
   * @param scratch where the library of the Maven artefact is unpacked
   */
  static Found find(@Nullable Path folder, Path scratch) {
    return folder == null ? bundled(scratch) : inFolder(folder);
  }

  private static Found inFolder(Path folder) {
    List<Path> files = new ArrayList<>();
    try (var listed = Files.list(folder)) {
      listed.filter(Files::isRegularFile).forEach(files::add);
    } catch (IOException e) {
      throw WorkerException.internal(
          "the folder of native libraries %s cannot be read: %s".formatted(folder, e.getMessage()));
    }
    var symbols = SymbolLookup.loaderLookup();
    // each needs the one before it
    for (var stem : List.of("ggml-base", "ggml", "llama")) {
      var library = files.stream().filter(file -> isLibrary(file, stem)).findFirst();
      if (library.isPresent()) {
        symbols = load(library.get()).or(symbols);
      }
    }
    if (symbols.find("llama_backend_init").isEmpty()) {
      throw WorkerException.internal(
          "%s holds no libllama; name the folder of a llama.cpp build with libggml-base, libggml and libllama"
              .formatted(folder));
    }
    return new Found(symbols, folder, folder.toString());
  }

  private static boolean isLibrary(Path file, String stem) {
    var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    var bare = name.startsWith("lib") ? name.substring(3) : name;
    return bare.startsWith(stem + ".")
        && (bare.contains(".so") || bare.endsWith(".dylib") || bare.endsWith(".dll"));
  }

  private static Found bundled(Path scratch) {
    var place = platform();
    var library = System.mapLibraryName("jllama");
    var resource = "/de/kherud/llama/%s/%s".formatted(place, library);
    try (var in = Natives.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw WorkerException.internal(
            "the Maven artefact de.kherud:llama has no library for %s; name a folder with one"
                .formatted(place));
      }
      Files.createDirectories(scratch);
      var target = scratch.resolve(library);
      var fresh = Files.createTempFile(scratch, "jllama", ".part");
      try {
        Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
      return new Found(load(target), null, "de.kherud:llama (llama.cpp b4916)");
    } catch (IOException e) {
      throw WorkerException.internal(
          "the native library cannot be unpacked to %s: %s".formatted(scratch, e.getMessage()));
    }
  }

  private static SymbolLookup load(Path library) {
    try {
      return SymbolLookup.libraryLookup(library.toAbsolutePath(), Arena.global());
    } catch (IllegalArgumentException e) {
      // loading it by System.load says why it fails
      try {
        System.load(library.toAbsolutePath().toString());
        return SymbolLookup.loaderLookup();
      } catch (UnsatisfiedLinkError why) {
        throw WorkerException.internal(
            "the native library %s does not load: %s (on slim images, install libgomp1)"
                .formatted(library, why.getMessage()));
      }
    }
  }

  private static String platform() {
    var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    var processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    var family = system.contains("mac") ? "Mac" : system.contains("win") ? "Windows" : "Linux";
    var arm = processor.equals("aarch64") || processor.equals("arm64");
    return family + "/" + (arm ? "aarch64" : "x86_64");
  }
}
