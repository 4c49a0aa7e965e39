package io.consilium.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
  private static final Map<String, Object> GIVEN = Map.of("a", "x", "b", 1);

  private static Arguments arguments(String schema) {
    return new Arguments("odd", Json.MAPPER.readTree(schema));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'object','properties':{'a':{'type':'string','pattern':'['},'b':{}}}",
        "{'type':'object','properties':{'a':{'$ref':'#/properties/a'},'b':{}}}",
        "{'type':'object','properties':{'a':{'$ref':'#/nowhere'},'b':{}}}",
        "{'type':'nonsense','properties':{'a':{'type':42},'b':{'minimum':'low'}}}",
        "{'$schema':'urn:unheard-of','properties':{'a':{},'b':{}}}"
      })
  void aSchemaThatCannotBeReadLeavesTheServerToJudge(String schema) {
    var odd = arguments(schema.replace('\'', '"'));

    assertThat(odd.of("{\"a\":\"x\",\"b\":1}")).isEqualTo(GIVEN);
    assertThat(odd.strict("{\"a\":\"x\",\"b\":1}")).isEqualTo(GIVEN);
  }

  @Test
  void aSchemaThatPointsElsewhereIsNotFetched() throws IOException {
    var hits = new AtomicInteger();
    var elsewhere =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    elsewhere.createContext(
        "/",
        exchange -> {
          hits.incrementAndGet();
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    elsewhere.start();
    try {
      var url = "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/schema.json";
      var odd =
          arguments(
              "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"%s\"},\"b\":{}}}"
                  .formatted(url));

      assertThat(odd.strict("{\"a\":\"x\",\"b\":1}")).isEqualTo(GIVEN);
      assertThat(hits).hasValue(0);
    } finally {
      elsewhere.stop(0);
    }
  }
}
