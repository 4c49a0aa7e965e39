package io.consilium.expert.index;

class HybridPassagesTest extends PassageIndexContract {
  @Override
  protected PassageIndex emptyIndex() {
    return new HybridPassages(EMBEDDER);
  }
}
