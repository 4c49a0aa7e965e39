package io.consilium.orchestrator.wiring;

import io.consilium.expert.OutboundRules;
import io.consilium.expert.card.CardJson;
import io.consilium.expert.card.Prices;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcCards;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcFeedback;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.expert.jdbc.Sampling;
import io.consilium.expert.registry.SnapshotRegistry;
import io.consilium.expert.secret.Secrets;
import io.consilium.orchestrator.security.AdminKey;
import java.security.SecureRandom;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is kept: cards, decisions, feedback, keys, secrets. */
@Configuration(proxyBeanMethods = false)
class StoreWiring {
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  PidFile pidFile(ConsiliumSettings settings) {
    return PidFile.of(settings.home()).claim();
  }

  // the file comes first, so that `down` finds a service that is still starting
  @Bean
  Database database(ConsiliumSettings settings, PidFile pid) {
    return Database.open(settings.db().url(), settings.home());
  }

  @Bean
  SnapshotRegistry registry(Database database, ConsiliumSettings settings, Clock clock) {
    return new SnapshotRegistry(
        new JdbcCards(database, clock), id -> settings.guard().limits(id).concurrent());
  }

  @Bean
  JdbcDecisions decisions(Database database, ConsiliumSettings settings) {
    var checks = settings.checks();
    var judge = checks.judge().expert();
    return new JdbcDecisions(
        database,
        new Sampling(checks.audit(), judge == null || judge.isBlank() ? 0 : checks.judge().rate()));
  }

  @Bean
  JdbcFeedback feedback(Database database) {
    return new JdbcFeedback(database);
  }

  @Bean
  JdbcKeys keys(Database database, ConsiliumSettings settings, Clock clock) {
    var keys = new JdbcKeys(database, new SecureRandom(), clock);
    AdminKey.ensure(keys, settings.home(), settings.admin().key());
    return keys;
  }

  @Bean
  Secrets secrets(ConsiliumSettings settings) {
    return new Secrets(System.getenv(), settings.home());
  }

  @Bean
  OutboundRules outboundRules(ConsiliumSettings settings) {
    return new OutboundRules(settings.outbound().local(), settings.outbound().allowed());
  }

  @Bean
  CardJson cardJson(Secrets secrets, OutboundRules rules) {
    return new CardJson(secrets, Prices.shipped(), rules);
  }
}
