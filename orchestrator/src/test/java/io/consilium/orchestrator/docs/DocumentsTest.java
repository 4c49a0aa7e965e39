package io.consilium.orchestrator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Policy;
import io.consilium.expert.card.ExpertsFile;
import io.consilium.expert.card.InferenceServer;
import io.consilium.expert.card.McpServer;
import io.consilium.expert.card.Prices;
import io.consilium.expert.secret.Secrets;
import io.consilium.orchestrator.security.Door;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class DocumentsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#\\s]+)");

  @TempDir Path home;

  private static String read(String path) throws IOException {
    return Files.readString(ROOT.resolve(path));
  }

  private ExpertsFile file() {
    return new ExpertsFile(
        home.resolve("experts.yaml"),
        new Secrets(Map.of(), home),
        Prices.shipped(),
        OutboundRules.standard());
  }

  @Test
  void theExampleOfExpertsYamlIsRead() throws IOException {
    var page = read("docs/reference/experts-yaml.md");
    var example =
        page.substring(
            page.indexOf("```yaml") + 7, page.indexOf("```", page.indexOf("```yaml") + 7));

    var contents = file().parse(example);

    assertThat(contents.experts())
        .extracting(ExpertCard::id)
        .containsExactly("local-llama", "gpt-4o-mini", "claude", "house-embeddings", "jury");
    assertThat(contents.servers()).extracting(McpServer::name).containsExactly("weather", "crm");
    assertThat(contents.workers()).extracting(InferenceServer::name).containsExactly("gpu");
    assertThat(contents.policies()).extracting(Policy::name).containsExactly("clinic");
    assertThat(contents.experts().get(1).contextWindow()).isPositive();
  }

  @Test
  void theContainersFileIsRead() throws IOException {
    assertThat(file().parse(read("deploy/experts.yaml")).experts()).isEmpty();
  }

  @Test
  void everyKindOfFailureIsInTheTableOfErrors() throws IOException {
    var page = read("docs/reference/http.md");

    for (var kind : FailureKind.values()) {
      assertThat(page).contains("`" + kind.name().toLowerCase(Locale.ROOT) + "`");
    }
  }

  @Test
  void everyEndpointIsInTheTableOfEndpoints() throws IOException {
    var page = read("docs/reference/http.md");

    for (var door : Door.ALL) {
      if (!door.path().startsWith("/actuator/health")) {
        assertThat(page).contains(door.path().replace("/*", "/{id}"));
      }
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<Path> pages = new ArrayList<>();
    pages.add(ROOT.resolve("README.md"));
    pages.add(ROOT.resolve("CONTRIBUTING.md"));
    try (var docs = Files.walk(ROOT.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
    }
    for (var page : pages) {
      var links = LINK.matcher(Files.readString(page));
      while (links.find()) {
        assertThat(page.resolveSibling(links.group(1))).as("link in %s", page).exists();
      }
    }
  }

  @Test
  void theComposeFileHoldsTheServiceAndItsDatabase() throws IOException {
    var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    var compose = Json.MAPPER.valueToTree(yaml.load(read("docker-compose.yml")));

    var services = compose.path("services");
    assertThat(services.propertyNames())
        .containsExactlyInAnyOrder("postgres", "consilium", "vllm", "llamacpp");
    assertThat(services.path("postgres").path("image").asString()).startsWith("pgvector/pgvector:");
    assertThat(services.path("consilium").path("ports"))
        .isNotEmpty()
        .allSatisfy(port -> assertThat(port.asString()).startsWith("127.0.0.1:"));
  }

  @Test
  void enginesOnAGpuStartOnlyWhenAskedForAndWithFlagsThatTheyHave() throws IOException {
    var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    var services = Json.MAPPER.valueToTree(yaml.load(read("docker-compose.yml"))).path("services");

    for (var engine : List.of("vllm", "llamacpp")) {
      var service = services.path(engine);
      assertThat(service.path("profiles").path(0).asString()).startsWith("gpu-");
      assertThat(service.has("ports")).as("ports of %s", engine).isFalse();
      var known = read("deploy/flags/%s.txt".formatted(engine)).lines().toList();
      for (var argument : service.path("command")) {
        assertThat(known).contains(argument.asString().replaceFirst("=.*", ""));
      }
    }
    var version =
        read("deploy/flags/vllm.txt")
            .lines()
            .filter(line -> line.startsWith("# version "))
            .map(line -> line.substring("# version ".length()))
            .findFirst()
            .orElseThrow();
    assertThat(services.path("vllm").path("image").asString())
        .as("the image whose flags these are")
        .contains("vllm/vllm-openai:" + version);
  }

  @Test
  void theContainerRunsAsAnOrdinaryUserOnOurJava() throws IOException {
    var lines = read("Dockerfile").lines().toList();

    assertThat(lines).contains("USER consilium");
    assertThat(lines.stream().filter(line -> line.startsWith("FROM") && !line.endsWith(" AS node")))
        .allSatisfy(line -> assertThat(line).contains("temurin:25"));
    assertThat(lines.stream().filter(line -> line.startsWith("COPY") && !line.contains("--from")))
        .allSatisfy(line -> assertThat(ROOT.resolve(line.split(" ")[1])).exists());
  }

  @Test
  void theJarCarriesTheBillOfItsMaterials() throws IOException {
    try (var bill = getClass().getResourceAsStream("/META-INF/sbom/application.cdx.json")) {
      assertThat(bill).isNotNull();
      var components = Json.MAPPER.readTree(bill).path("components");
      assertThat(components)
          .anyMatch(component -> component.path("name").asString("").equals("tomcat-embed-core"))
          .allMatch(component -> component.hasNonNull("purl"));
    }
  }
}
