package io.consilium.bench.gateway.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/**
 * The load generator as a process: reads one {@link Load} per line from standard input, as JSON,
 * runs it and answers with one line of {@link LoadResult}. Ends with its input.
 */
public final class LoadGenerator {

  private LoadGenerator() {}

  /** Serves loads until standard input ends. */
  public static void main(String[] args) throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      LoadResult result = LoadLoop.run(json.readValue(line, Load.class));
      System.out.println(json.writeValueAsString(result));
      System.out.flush();
    }
  }
}
