package io.consilium.adapters.documents;

import java.io.IOException;
import java.util.List;

/** Where documents come from. */
public interface DocumentSource {
  /**
   * A file of the source.
   *
   * @param name how people know it, unique within the source
   * @param size in bytes
   * @param stamp changes when the file may have changed
   */
  record Entry(String name, long size, String stamp) {}

  /** What there is at present, in any order. */
  List<Entry> list() throws IOException;

  /** The bytes of a file that was listed. */
  byte[] read(Entry entry) throws IOException;
}
