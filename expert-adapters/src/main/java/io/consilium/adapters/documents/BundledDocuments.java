package io.consilium.adapters.documents;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Consilium's own documentation, packed beside this class by the build. */
public final class BundledDocuments implements DocumentSource {
  private static final String FOLDER = "bundled/";

  @Override
  public List<Entry> list() throws IOException {
    var folder = BundledDocuments.class.getResource(FOLDER);
    if (folder == null) {
      throw new FileNotFoundException("the documentation was not packed; build again");
    }
    if (folder.openConnection() instanceof JarURLConnection jar) {
      var prefix = jar.getEntryName();
      List<Entry> entries = new ArrayList<>();
      jar.getJarFile().stream()
          .filter(entry -> !entry.isDirectory() && entry.getName().startsWith(prefix))
          .forEach(entry ->
              entries.add(
                  new Entry(
                      entry.getName().substring(prefix.length()), entry.getSize(), "packed")));
      return entries;
    }
    return new FolderSource(Path.of(URI.create(folder.toString()))).list();
  }

  @Override
  public byte[] read(Entry entry) throws IOException {
    try (var in = BundledDocuments.class.getResourceAsStream(FOLDER + entry.name())) {
      if (in == null) {
        throw new FileNotFoundException(entry.name());
      }
      return in.readAllBytes();
    }
  }
}
