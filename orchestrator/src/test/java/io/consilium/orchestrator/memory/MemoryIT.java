package io.consilium.orchestrator.memory;

import io.consilium.expert.jdbc.Database;
import io.consilium.expert.testing.TestDatabases;

/** The same memory where pgvector finds the notes. */
class MemoryIT extends MemoryTest {
  @Override
  Database database() {
    return TestDatabases.postgres();
  }
}
