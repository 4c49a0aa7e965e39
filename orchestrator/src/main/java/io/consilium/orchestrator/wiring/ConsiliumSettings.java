package io.consilium.orchestrator.wiring;

import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.ApiKey;
import io.consilium.expert.Caching;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.orchestrator.PaidInquiries;
import io.consilium.orchestrator.ToolQuestions;
import io.consilium.orchestrator.batch.BatchSettings;
import io.consilium.orchestrator.cache.CacheRules;
import io.consilium.orchestrator.cache.CacheSettings;
import io.consilium.orchestrator.discovery.LocalServer;
import io.consilium.orchestrator.guard.GuardSettings;
import io.consilium.orchestrator.journal.JournalSettings;
import io.consilium.orchestrator.judge.ChecksSettings;
import io.consilium.orchestrator.memory.MemorySettings;
import io.consilium.orchestrator.routers.CanaryRules;
import io.consilium.orchestrator.security.AccessTokens;
import io.consilium.orchestrator.telemetry.TracingSettings;
import io.consilium.orchestrator.workers.LocalWorkerSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Every setting there is, under {@code consilium.}; a key that is not here stops the start. The
 * defaults, with a comment each, stand in {@code application.yml}.
 *
 * @param host the address to listen on
 * @param port the port to listen on
 * @param home the data folder
 * @param config the path of {@code experts.yaml}; when null or blank, the one in the data folder is
 *     read if it exists
 * @param console the folder of the built console; when null or blank, there is none
 * @param db where decisions, cards and keys are kept
 * @param admin the administrator's key
 * @param api limits of requests
 * @param outbound which addresses experts may have
 * @param discovery what is done about servers found on this machine
 * @param guard how experts are guarded
 * @param journal how decisions are kept until the store has them
 * @param tracing where traces go
 * @param warmUp how long the service asks itself before it is ready; 0 for not at all
 * @param drain how long answers under way may take once the service is to stop
 * @param policies further policies, by name
 * @param panel how {@code consilium/panel} makes one answer of several
 * @param mcp the service as an MCP server
 * @param explore how often a plan that is not the most useful is tried
 * @param learn what outcomes of use do to forecasts
 * @param tools how tools are found
 * @param evidence what is bought before a question is routed
 * @param cache which answers are given again
 * @param memory what is remembered for tenants
 * @param worker the inference worker that is started as a process of its own
 * @param batch files and batches
 * @param checks outcomes that nobody has to give
 */
@ConfigurationProperties(prefix = "consilium", ignoreUnknownFields = false)
public record ConsiliumSettings(
    String host,
    int port,
    Path home,
    @Nullable String config,
    @Nullable String console,
    @DefaultValue Db db,
    @DefaultValue Admin admin,
    @DefaultValue Api api,
    @DefaultValue Outbound outbound,
    @DefaultValue Discovery discovery,
    @DefaultValue GuardSettings guard,
    @DefaultValue JournalSettings journal,
    @DefaultValue TracingSettings tracing,
    @DefaultValue("1s") Duration warmUp,
    @DefaultValue("30s") Duration drain,
    @DefaultValue Map<String, PolicySettings> policies,
    @DefaultValue Panel panel,
    @DefaultValue Mcp mcp,
    @DefaultValue Explore explore,
    @DefaultValue Learn learn,
    @DefaultValue Tools tools,
    @DefaultValue Evidence evidence,
    @DefaultValue CacheSettings cache,
    @DefaultValue MemorySettings memory,
    @DefaultValue LocalWorkerSettings worker,
    @DefaultValue BatchSettings batch,
    @DefaultValue ChecksSettings checks) {
  public ConsiliumSettings {
    require(port >= 0 && port <= 65_535, "port", "a number from 1 to 65535");
    require(!warmUp.isNegative(), "warm-up", "0 or more, such as 1s");
    require(!drain.isNegative(), "drain", "0 or more, such as 30s");
    policies = Map.copyOf(policies);
  }

  /**
   * The store.
   *
   * @param url {@code jdbc:postgresql://…} or {@code postgresql://user:pw@…}; null for the embedded
   *     one in the data folder
   * @param poll how often a replica looks for changes of others although PostgreSQL told of none
   */
  public record Db(@Nullable String url, @DefaultValue("5s") Duration poll) {
    public Db {
      require(poll.toMillis() >= 100, "db.poll", "at least 100ms, such as 5s");
    }
  }

  /**
   * The administrator.
   *
   * @param key to use in place of a generated one, or null
   */
  public record Admin(@Nullable String key) {}

  /**
   * Limits of requests.
   *
   * @param maxBody the largest body
   * @param deadline the time an answer may take when the caller sets none
   */
  public record Api(
      @DefaultValue("16MB") DataSize maxBody, @DefaultValue("10m") Duration deadline) {
    public Api {
      require(
          maxBody.toBytes() >= 1024 && maxBody.toBytes() < Integer.MAX_VALUE - 16,
          "api.max-body",
          "between 1KB and 2GB");
      require(deadline.isPositive(), "api.deadline", "a positive time, such as 10m");
    }
  }

  /**
   * Which addresses experts may have.
   *
   * @param local whether loopback and private addresses are fine
   * @param allowed hosts and addresses that are fine although link-local or a metadata service
   */
  public record Outbound(@DefaultValue("true") boolean local, @DefaultValue Set<String> allowed) {
    public Outbound {
      allowed = Set.copyOf(allowed);
    }
  }

  /**
   * What is done about model servers and provider keys found on this machine.
   *
   * @param register whether they become experts at the start
   * @param ports where model servers are looked for
   */
  public record Discovery(
      @DefaultValue("false") boolean register, @DefaultValue DiscoveryPorts ports) {}

  /** Ports of model servers on this machine. */
  public record DiscoveryPorts(
      @DefaultValue("11434") int ollama,
      @DefaultValue("1234") int lmStudio,
      @DefaultValue("8000") int vllm,
      @DefaultValue("8080") int llamaCpp) {
    public DiscoveryPorts {
      for (int port : new int[] {ollama, lmStudio, vllm, llamaCpp}) {
        require(port >= 1 && port <= 65_535, "discovery.ports", "numbers from 1 to 65535");
      }
    }

    List<LocalServer> servers() {
      return LocalServer.on(ollama, lmStudio, vllm, llamaCpp);
    }
  }

  /**
   * Panels under the policy {@code panel}.
   *
   * @param aggregator as plans write it: {@code weighted_vote}, {@code synthesis:EXPERT}
   */
  public record Panel(@DefaultValue(Plan.WEIGHTED_VOTE) String aggregator) {
    public Panel {
      int colon = aggregator.indexOf(':');
      require(
          colon != aggregator.length() - 1
              && Aggregators.names()
                  .contains(colon < 0 ? aggregator : aggregator.substring(0, colon) + ":EXPERT"),
          "panel.aggregator",
          "one of %s, with an expert's id for EXPERT; it is '%s'"
              .formatted(String.join(", ", Aggregators.names()), aggregator));
    }
  }

  /**
   * The service as an MCP server.
   *
   * @param rate requests a minute for each key; 0 for no limit
   * @param origins pages that may call, as browsers write them: {@code https://host}
   * @param oauth whose access tokens are taken beside keys
   */
  public record Mcp(
      @DefaultValue("600") int rate, @DefaultValue Set<String> origins, @DefaultValue OAuth oauth) {
    public Mcp {
      require(rate >= 0, "mcp.rate", "0 or more requests a minute");
      origins = Set.copyOf(origins);
    }
  }

  /**
   * How tools are found.
   *
   * @param questions that are written about tools
   */
  public record Tools(@DefaultValue Questions questions) {}

  /**
   * Questions that an expert writes about tools; none while no expert is named.
   *
   * @param expert its id, or null
   * @param budgetUsd the most it may cost a day (UTC), in US dollars
   * @param every how often it is looked for tools without
   * @param time the most one tool may take
   */
  public record Questions(
      @Nullable String expert,
      @DefaultValue("0.5") double budgetUsd,
      @DefaultValue("1m") Duration every,
      @DefaultValue("1m") Duration time) {
    public Questions {
      require(budgetUsd >= 0, "tools.questions.budget-usd", "0 or more US dollars a day");
      require(every.isPositive(), "tools.questions.every", "a positive time, such as 1m");
      require(time.isPositive(), "tools.questions.time", "a positive time, such as 1m");
    }

    ToolQuestions.Offer offer() {
      return new ToolQuestions.Offer(expert, budgetUsd, time);
    }
  }

  /**
   * The authorization server whose access tokens open {@code /mcp}.
   *
   * @param issuer its identifier, an address; null for none
   * @param jwks where its keys are; null to ask its metadata
   * @param resource the address of {@code /mcp} as agents know it, which tokens must be meant for
   * @param tenant the claim that names the tenant; null for the default tenant
   * @param roles which scope, or value of the claim {@code roles}, gives which role
   */
  public record OAuth(
      @Nullable String issuer,
      @Nullable URI jwks,
      @Nullable URI resource,
      @Nullable String tenant,
      @DefaultValue Map<String, ApiKey.Access> roles) {
    private static final Map<String, ApiKey.Access> USUAL =
        Map.of(
            "consilium:admin", ApiKey.Access.ADMIN,
            "consilium:operator", ApiKey.Access.OPERATOR,
            "consilium:viewer", ApiKey.Access.VIEWER,
            "consilium:user", ApiKey.Access.USER);

    public OAuth {
      require(
          issuer == null || issuer.isBlank() || (resource != null && resource.isAbsolute()),
          "mcp.oauth.resource",
          "the address of /mcp as agents know it, such as https://consilium.example.com/mcp");
      roles = roles.isEmpty() ? USUAL : Map.copyOf(roles);
    }

    Optional<AccessTokens> tokens() {
      return issuer == null || issuer.isBlank() || resource == null
          ? Optional.empty()
          : Optional.of(new AccessTokens(issuer, jwks, resource, roles, tenant));
    }
  }

  /**
   * How often a plan that is not the most useful is tried, so that the router learns of it.
   *
   * @param epsilon share of questions, 0 to 1
   * @param within only plans whose utility is at most this share of the policy's value below the
   *     best
   */
  public record Explore(@DefaultValue("0") double epsilon, @DefaultValue("0.05") double within) {
    public Explore {
      require(epsilon >= 0 && epsilon <= 1, "explore.epsilon", "a share of questions, 0 to 1");
      require(within > 0 && within <= 1, "explore.within", "a share of the value, above 0 to 1");
    }
  }

  /**
   * What outcomes of use do to forecasts.
   *
   * @param enabled whether they move them at once; otherwise only the next fit heeds them
   * @param thumb how much it counts, 0 to 1, what a caller without further rights says of an answer
   * @param without tenants whose outcomes teach nobody: neither at once nor in a fit
   * @param canary when a canary is promoted or rolled back
   * @param keep how long outcomes are kept, in whole months; zero for ever
   */
  public record Learn(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("0.5") double thumb,
      @DefaultValue Set<String> without,
      @DefaultValue CanaryRules canary,
      @DefaultValue("0d") Duration keep) {
    public Learn {
      require(keep.isZero() || keep.toDays() >= 1, "learn.keep", "0d for ever, or a day or more");
      require(thumb >= 0 && thumb <= 1, "learn.thumb", "a weight, 0 to 1");
      without = Set.copyOf(without);
    }
  }

  /**
   * What is bought before a question is routed; nothing while there is neither a writer nor bids.
   *
   * @param writer the id of an expert that says in one sentence what task a question is, or null
   * @param bids how many of the most promising experts say how sure they are
   * @param budgetUsd the most that may be paid for one question, in US dollars
   * @param time how long it may take
   */
  public record Evidence(
      @Nullable String writer,
      @DefaultValue("0") int bids,
      @DefaultValue("0.001") double budgetUsd,
      @DefaultValue("3s") Duration time) {
    public Evidence {
      require(
          bids == 0 || (bids >= 2 && bids <= 16),
          "evidence.bids",
          "0 for none, or from 2 to 16 experts: a bid tells only next to others");
      require(budgetUsd >= 0, "evidence.budget-usd", "0 or more US dollars a question");
      require(time.isPositive(), "evidence.time", "a positive time, such as 3s");
    }

    PaidInquiries.Offer offer() {
      return new PaidInquiries.Offer(
          writer == null || writer.isBlank() ? null : writer, bids, budgetUsd, time);
    }
  }

  /** A configured policy; see {@link Policy} for the meaning and units. */
  public record PolicySettings(
      double value,
      @DefaultValue("1") double priceWeight,
      @DefaultValue("0.001") double secondUsd,
      @DefaultValue("0.5") double minimum,
      @DefaultValue("1") double risk,
      @DefaultValue("Infinity") double budgetUsd,
      @DefaultValue("") String aggregator,
      @Nullable Caching cache) {
    Policy named(String name) {
      try {
        return new Policy(
            name,
            value,
            priceWeight,
            secondUsd,
            minimum,
            List.of(),
            Set.of(),
            risk,
            budgetUsd,
            aggregator);
      } catch (ExpertException e) {
        throw new ExpertException(
            FailureKind.CONFIGURATION, "consilium.policies.%s: %s".formatted(name, e.message()), e);
      }
    }
  }

  /** The file of declared experts, when there is one. */
  Optional<Path> expertsFile() {
    if (config != null && !config.isBlank()) {
      return Optional.of(Path.of(config));
    }
    return Optional.of(home.resolve("experts.yaml")).filter(Files::exists);
  }

  /** The folder of the console, when there is one. */
  @Nullable Path consoleFolder() {
    return console == null || console.isBlank() ? null : Path.of(console);
  }

  /** The configured policies. */
  List<Policy> namedPolicies() {
    return policies.entrySet().stream()
        .map(entry -> entry.getValue().named(entry.getKey()))
        .toList();
  }

  /** Who decides whether an earlier answer may do. */
  CacheRules cacheRules() {
    Map<String, Caching> said = new HashMap<>();
    policies.forEach((name, policy) -> {
      if (policy.cache() != null) {
        said.put(name, policy.cache());
      }
    });
    return new CacheRules(cache, said);
  }

  static void require(boolean holds, String key, String range) {
    if (!holds) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "consilium.%s must be %s".formatted(key, range));
    }
  }
}
