package io.consilium.bench.gateway;

import io.consilium.bench.gateway.load.Load;
import io.consilium.bench.gateway.load.LoadGenerator;
import io.consilium.bench.gateway.load.LoadResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** A {@link LoadGenerator} process that is handed one load after the other. Not thread-safe. */
final class LoadClient implements AutoCloseable {
  private final JsonMapper json = JsonMapper.builder().build();
  private final Process process;
  private final Writer in;
  private final BufferedReader out;

  LoadClient(String cores) throws IOException {
    process =
        PinnedProcess.builder(
                cores,
                PinnedProcess.java(List.of("-Xmx256m", "-XX:+UseSerialGC"), LoadGenerator.class))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    in = process.outputWriter(StandardCharsets.UTF_8);
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Runs one load in the generator process; blocks until it has ended. */
  LoadResult run(Load load) throws IOException {
    in.write(json.writeValueAsString(load));
    in.write('\n');
    in.flush();
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the load generator ended; its last words are above");
    }
    return json.readValue(line, LoadResult.class);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
