package io.consilium.orchestrator;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Conditional;

/** Who may know whom; every rule says why. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(place -> !place.contains("-tests.jar") && !place.contains("/test/"))
          // an earlier packaging may have left what it generated
          .withImportOption(place -> !place.contains("__"))
          .importPackages("io.consilium");

  @Test
  void theRulesSeeEveryModule() {
    for (var seen :
        List.of(
            "io.consilium.expert.Expert",
            "io.consilium.router.Router",
            "io.consilium.aggregator.PlanRunner",
            "io.consilium.tools.McpConnection",
            "io.consilium.adapters.openai.OpenAiExpert",
            "io.consilium.orchestrator.Orchestrator")) {
      assertThat(OURS.contain(seen)).as("rules that see no %s hold for nothing", seen).isTrue();
    }
  }

  @Test
  void springIsOfTheApplication() {
    noClasses()
        .that(resideInAPackage("io.consilium.."))
        .and(
            not(
                resideInAnyPackage(
                    "io.consilium.orchestrator..",
                    "io.consilium.expert.jdbc..",
                    // Spring AI's own words are made of Spring's
                    "io.consilium.adapters.springai..")))
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.springframework..")
                .and(not(resideInAPackage("org.springframework.ai.."))))
        .because(
            "libraries are plain Java with constructors, so that bench and tests need no context")
        .check(OURS);
  }

  @Test
  void beansAreUnconditional() {
    noClasses()
        .should()
        .beMetaAnnotatedWith(Conditional.class)
        .because("the build decides which beans exist, and would decide by its own machine")
        .check(OURS);
    noMethods()
        .should()
        .beMetaAnnotatedWith(Conditional.class)
        .because("the build decides which beans exist, and would decide by its own machine")
        .check(OURS);
  }

  @Test
  void springOfTheStoreIsJdbcOnly() {
    noClasses()
        .that(resideInAPackage("io.consilium.expert.jdbc.."))
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.springframework..")
                .and(
                    not(
                        resideInAnyPackage(
                            "org.springframework.jdbc..",
                            "org.springframework.dao..",
                            "org.springframework.transaction.."))))
        .because("SQL needs a template, not a container")
        .check(OURS);
  }

  @Test
  void modelSdksStayInAdapters() {
    noClasses()
        .that(not(resideInAPackage("io.consilium.adapters..")))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.langchain4j..", "org.springframework.ai..", "ai.djl..", "ai.onnxruntime.."))
        .because("a new SDK version must touch one module")
        .check(OURS);
  }

  @Test
  void mcpStaysInToolsAndInTheServer() {
    noClasses()
        .that(not(resideInAnyPackage("io.consilium.tools..", "io.consilium.orchestrator.mcp..")))
        .should()
        .dependOnClassesThat(resideInAPackage("io.modelcontextprotocol.."))
        .because("the protocol is spoken in one place on each side")
        .check(OURS);
  }

  @Test
  void resilienceStaysInGuards() {
    noClasses()
        .that(not(resideInAPackage("io.consilium.orchestrator.guard..")))
        .should()
        .dependOnClassesThat(resideInAPackage("io.github.resilience4j.."))
        .because("what guards an expert, and in which order, is read in Guards.around alone")
        .check(OURS);
  }

  @Test
  void cachesStayWhereTheyAreBounded() {
    noClasses()
        .that(
            not(
                resideInAnyPackage(
                    "io.consilium.orchestrator.cache..",
                    "io.consilium.orchestrator.guard..",
                    "io.consilium.orchestrator.memory..",
                    "io.consilium.adapters.embedding..",
                    "io.consilium.router..")))
        .and(not(type(loaded("io.consilium.orchestrator.wiring.RouterWiring"))))
        .should()
        .dependOnClassesThat(resideInAPackage("com.github.benmanes.caffeine.."))
        .because("a cache is a decision about staleness and memory; these places state theirs")
        .check(OURS);
  }

  @Test
  void sqlStaysInTheStore() {
    noClasses()
        .that(not(resideInAPackage("io.consilium.expert.jdbc..")))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "java.sql..", "javax.sql..", "org.springframework.jdbc..", "org.flywaydb.."))
        .because("one schema, two databases, one module that knows")
        .check(OURS);
  }

  @Test
  void routerAndAggregatorDoNotKnowEachOther() {
    noClasses()
        .that(resideInAPackage("io.consilium.router.."))
        .should()
        .dependOnClassesThat(resideInAPackage("io.consilium.aggregator.."))
        .because("who decides a plan must not depend on who runs it")
        .check(OURS);
    noClasses()
        .that(resideInAPackage("io.consilium.aggregator.."))
        .should()
        .dependOnClassesThat(resideInAPackage("io.consilium.router.."))
        .because("a recorded plan is run in a replay without a router")
        .check(OURS);
  }

  @Test
  void nobodyKnowsTheApplication() {
    noClasses()
        .that(not(resideInAPackage("io.consilium.orchestrator..")))
        .should()
        .dependOnClassesThat(resideInAPackage("io.consilium.orchestrator.."))
        .because("arrows point from the application to the libraries")
        .check(OURS);
  }

  @Test
  void packagesHaveNoCycles() {
    // the main class starts the wiring, and nothing depends on it
    var main = type(OrchestratorApplication.class);
    slices()
        .matching("io.consilium.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(main, alwaysTrue())
        .because("what goes round in circles cannot be understood from one end")
        .check(OURS);
  }

  @Test
  void everyPackageSaysWhatMayBeNull() {
    Set<String> unmarked = new TreeSet<>();
    for (var name : OURS.stream().map(each -> each.getPackageName()).collect(Collectors.toSet())) {
      if (!OURS.contain(name + ".package-info")
          || !OURS.get(name + ".package-info").isAnnotatedWith(NullMarked.class)) {
        unmarked.add(name);
      }
    }

    assertThat(unmarked).as("packages without @NullMarked in package-info.java").isEmpty();
  }

  private static Class<?> loaded(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
