package io.consilium.expert;

/** Who may change a card; every card has exactly one owner. */
public enum Owner {
  /** Shipped with the service. */
  BUNDLED,
  /** Declared in {@code experts.yaml}. */
  FILE,
  /** Made through the API or the console. */
  API,
  /** Found on the network or in the environment at start. */
  DISCOVERED
}
