package io.consilium.orchestrator.judge;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Outcomes that nobody has to give.
 *
 * @param form whether it is recorded if answers have the form that was asked for
 * @param runner runs tests on code that was answered
 * @param judge an expert that says of some answers whether they are right
 * @param audit share of decisions that make up the uniform sample, 0 to 1
 */
public record ChecksSettings(
    @DefaultValue("true") boolean form,
    @DefaultValue Runner runner,
    @DefaultValue Judge judge,
    @DefaultValue("0.01") double audit) {
  public ChecksSettings {
    require(audit >= 0 && audit <= 1, "audit", "a share of decisions, 0 to 1");
  }

  /**
   * A sandbox of the operator's.
   *
   * @param command a program and its arguments; empty for none
   * @param url of a service instead, or null
   * @param time the most one run may take
   * @param memory the most the code may have; for the runner to see to
   * @param output the most it may say
   */
  public record Runner(
      @DefaultValue List<String> command,
      @Nullable URI url,
      @DefaultValue("10s") Duration time,
      @DefaultValue("512MB") DataSize memory,
      @DefaultValue("64KB") DataSize output) {
    public Runner {
      command = List.copyOf(command);
      require(command.isEmpty() || url == null, "runner.url", "left out where there is a command");
      require(time.isPositive(), "runner.time", "a positive time, such as 10s");
      require(
          output.toBytes() >= 64 && output.toBytes() <= 16 << 20,
          "runner.output",
          "from 64B to 16MB");
      require(memory.toMegabytes() >= 1, "runner.memory", "at least 1MB");
    }
  }

  /**
   * An expert as a judge; none while no expert is named.
   *
   * @param expert its id, or null
   * @param rate share of decisions it judges, 0 to 1
   * @param budgetUsd the most it may cost a day (UTC), in US dollars
   * @param weight how much its word counts, 0 to 1
   * @param every how often it is looked for decisions to judge
   * @param time the most one word may take
   */
  public record Judge(
      @Nullable String expert,
      @DefaultValue("0.01") double rate,
      @DefaultValue("1") double budgetUsd,
      @DefaultValue("0.3") double weight,
      @DefaultValue("30s") Duration every,
      @DefaultValue("1m") Duration time) {
    public Judge {
      require(rate >= 0 && rate <= 1, "judge.rate", "a share of decisions, 0 to 1");
      require(budgetUsd >= 0, "judge.budget-usd", "0 or more US dollars a day");
      require(
          weight >= 0 && weight < 1,
          "judge.weight",
          "a weight from 0 to below 1: a judge counts less than a person");
      require(every.isPositive(), "judge.every", "a positive time, such as 30s");
      require(time.isPositive(), "judge.time", "a positive time, such as 1m");
    }
  }

  private static void require(boolean holds, String key, String range) {
    if (!holds) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "consilium.checks.%s must be %s".formatted(key, range));
    }
  }
}
