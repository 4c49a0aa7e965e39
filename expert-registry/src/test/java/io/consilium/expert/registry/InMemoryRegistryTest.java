package io.consilium.expert.registry;

class InMemoryRegistryTest extends ExpertRegistryContract {
  @Override
  CardStore emptyStore() {
    return CardStore.inMemory();
  }
}
