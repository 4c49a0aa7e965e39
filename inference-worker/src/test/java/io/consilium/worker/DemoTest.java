package io.consilium.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  @Test
  void anAdapterOfAnEarlierReleaseIsReplacedThoughItIsAsLong(@TempDir Path folder)
      throws IOException {
    var adapter = Demo.unpack(folder).adapter("extract");
    byte[] shipped = Files.readAllBytes(adapter);
    Files.write(adapter, new byte[shipped.length]);

    Demo.unpack(folder);

    assertThat(Files.readAllBytes(adapter)).isEqualTo(shipped);
  }
}
