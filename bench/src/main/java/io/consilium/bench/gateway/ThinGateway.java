package io.consilium.bench.gateway;

import java.net.URI;
import java.util.Map;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * The least a Spring MVC gateway can be: one endpoint on virtual threads that parses the request,
 * hands it to the upstream through {@code RestClient} over a pooled Apache client, and copies the
 * reply. No keys, no journal, no telemetry, no routing: the bar for what those cost.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ThinGateway {

  /** Starts it: {@code ThinGateway <port> <upstream base address>}. */
  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(ThinGateway.class);
    application.setDefaultProperties(
        Map.of(
            "server.address", "127.0.0.1",
            "server.port", args[0],
            "spring.threads.virtual.enabled", "true",
            "server.tomcat.max-connections", "10000",
            "server.tomcat.max-keep-alive-requests", "-1",
            "spring.main.banner-mode", "off",
            "logging.level.root", "warn",
            "bench.upstream", args[1]));
    application.run();
  }

  @Bean
  ThinEndpoint endpoint(@Value("${bench.upstream}") String upstream) {
    CloseableHttpClient http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnPerRoute(10_000)
                    .setMaxConnTotal(10_000)
                    .build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableContentCompression()
            .build();
    RestClient client =
        RestClient.builder()
            .requestFactory(new HttpComponentsClientHttpRequestFactory(http))
            .build();
    return new ThinEndpoint(client, URI.create(upstream + "/chat/completions"));
  }
}
