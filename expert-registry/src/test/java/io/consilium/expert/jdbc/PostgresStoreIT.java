package io.consilium.expert.jdbc;

import io.consilium.expert.registry.CardStore;
import io.consilium.expert.registry.ExpertRegistryContract;
import io.consilium.expert.testing.TestDatabases;
import java.time.Clock;
import org.junit.jupiter.api.Nested;

/** Every contract of the store, on a real PostgreSQL. */
class PostgresStoreIT {
  @Nested
  class Cards extends ExpertRegistryContract {
    @Override
    protected CardStore emptyStore() {
      return new JdbcCards(TestDatabases.postgres(), Clock.systemUTC());
    }
  }

  @Nested
  class Decisions extends DecisionsContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Feedbacks extends FeedbackContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class ApprovedTools extends ApprovedToolsContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class ToolQuestions extends ToolQuestionsContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Credits extends CreditsContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Outcomes extends OutcomesContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Keys extends KeysContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Routers extends RoutersContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Jobs extends JobsContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Traffics extends TrafficContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Audits extends AuditContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Sessions extends SessionsContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Batches extends BatchesContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Tasks extends DurableTasksContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Samples extends SamplesContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Notes extends NotesContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Forgettings extends ForgettingContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Answers extends AnswersContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }

  @Nested
  class Declarations extends DeclarationsContract {
    @Override
    Database database() {
      return TestDatabases.postgres();
    }
  }
}
