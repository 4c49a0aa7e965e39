package io.consilium.bench.routing;

import io.consilium.router.fit.Training;
import io.consilium.router.records.Records;
import org.jspecify.annotations.Nullable;

/** The training of a part by seed, made when first asked for; seeds share what they can. */
final class Learning {
  private final Records train;
  private final Texts texts;
  private @Nullable Training training;

  Learning(Records train, Texts texts) {
    this.train = train;
    this.texts = texts;
  }

  synchronized Training of(long seed) {
    var known = training;
    if (known == null) {
      var learnt = texts.learnt();
      known = new Training(train, learnt.profiles(), learnt.space(), learnt.vectors(), seed);
      training = known;
    }
    return known.seeded(seed);
  }
}
