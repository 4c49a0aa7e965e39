package io.consilium.expert.registry;

class InMemoryRegistryTest extends ExpertRegistryContract {
  @Override
  protected CardStore emptyStore() {
    return CardStore.inMemory();
  }
}
