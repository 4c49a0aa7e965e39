package io.consilium.bench.cold;

import io.consilium.expert.ExpertCard;
import java.io.IOException;
import java.util.List;

/** The cards of the experts shipped with the service, for benches that seat others beside them. */
public final class BundledCards {
  private BundledCards() {}

  /** All of them. */
  public static List<ExpertCard> all() throws IOException {
    return Resources.bundled();
  }
}
