package io.consilium.adapters.documents;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder and all below it. Hidden files and folders are left out, links are not followed. */
public final class FolderSource implements DocumentSource {
  private static final Logger LOG = LoggerFactory.getLogger(FolderSource.class);

  private final Path folder;

  /**
   * @throws ExpertException {@code CONFIGURATION} when it is no folder that can be read
   */
  public FolderSource(Path folder) {
    if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the documents folder %s is not there or cannot be read; create it or correct the path"
              .formatted(folder));
    }
    this.folder = folder;
  }

  @Override
  public List<Entry> list() throws IOException {
    List<Entry> entries = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return !path.equals(folder) && hidden(path)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !hidden(path)) {
              entries.add(
                  new Entry(
                      folder.relativize(path).toString().replace('\\', '/'),
                      attributes.size(),
                      attributes.size() + "/" + attributes.lastModifiedTime().toMillis()));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) {
            LOG.warn("skipping {}: {}", path, e.toString());
            return FileVisitResult.CONTINUE;
          }
        });
    return entries;
  }

  private static boolean hidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  @Override
  public byte[] read(Entry entry) throws IOException {
    return Files.readAllBytes(folder.resolve(entry.name()));
  }
}
