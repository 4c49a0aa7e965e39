package io.consilium.bench.aggregation;

import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Practice;
import io.consilium.bench.routing.Row;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.router.fit.Method;
import java.util.List;
import java.util.stream.Stream;

/**
 * Plain unanimity, against which cascades are measured: the three cheap experts that are most often
 * right answer first, and the strong one only where they do not all agree.
 */
record UnanimityRow(String name, Method method, String strong) implements Row {
  private static final int CHEAP = 3;

  @Override
  public String input() {
    return "each expert's mean and price";
  }

  @Override
  public boolean random() {
    return false;
  }

  @Override
  public boolean sweeps() {
    return false;
  }

  @Override
  public Fitted fit(Part part, long seed) {
    var all = CascadeRow.members(part, strong);
    var members = Stream.concat(all.stream().limit(CHEAP), Stream.of(strong)).toList();
    var practice = Practice.of(part, seed, method);
    Practice.Planning planning =
        (forecasts, kind) ->
            new Practice.Made(new Plan.Cascade(members, 0, kind, List.of()), Double.NaN);
    return question -> {
      var served =
          practice
              .test(question, planning, (route, asked, said) -> next(members, said), 0)
              .played()
              .served();
      return Once.of(new Served(served.correct(), served.cost(), served.calls(), Double.NaN));
    };
  }

  private static NextStep.Step next(List<String> members, List<NextStep.Said> said) {
    if (said.size() < members.size() - 1) {
      return new NextStep.Step.Ask(members.get(said.size()));
    }
    boolean agree =
        said.stream()
            .allMatch(each -> each.answer() >= 0 && each.answer() == said.getFirst().answer());
    if (said.size() < members.size() && !agree) {
      return new NextStep.Step.Ask(members.getLast());
    }
    return new NextStep.Step.Stop(said.getLast().answer(), Double.NaN);
  }
}
