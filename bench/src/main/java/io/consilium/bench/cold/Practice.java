package io.consilium.bench.cold;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.Roster;
import io.consilium.expert.Skill;
import io.consilium.router.ColdFit;
import io.consilium.router.QuestionProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Rosters drawn at random from ToolE's tools, with questions from its training part (h &lt; 0.60),
 * for fitting: none of its tools or queries belongs to the roster of this bench. Cards range from a
 * bare description to one with twenty phrases, some of them disclaimed, as owners write them.
 */
final class Practice {
  private static final int ROSTERS = 80;
  private static final int SEATS = 20;
  private static final int PER_EXPERT = 4;

  /** How many tools an expert has: some have one, some are whole servers. */
  private static final int[] MEMBERS = {1, 1, 2, 3, 4};

  private static final int UNANSWERABLE = 20;

  private final List<ExpertCard> tools;
  private final TreeMap<String, List<String>> queries = new TreeMap<>();
  private final Random random = new Random(17);

  Practice(Path data) throws IOException {
    tools = ToolE.tools(data);
    ToolE.queries(data, 0, 0.60)
        .forEach((query, right) -> {
          if (right.size() == 1) {
            queries.computeIfAbsent(right.iterator().next(), id -> new ArrayList<>()).add(query);
          }
        });
    queries.values().removeIf(list -> list.size() < 30);
    queries.values().forEach(Collections::sort);
  }

  List<ColdFit.Table> tables(Function<String, QuestionProfile> profile) {
    List<ColdFit.Table> tables = new ArrayList<>();
    for (int i = 0; i < ROSTERS; i++) {
      tables.add(table("practice-" + i, profile));
    }
    return tables;
  }

  private ColdFit.Table table(String name, Function<String, QuestionProfile> profile) {
    List<ExpertCard> drawn =
        new ArrayList<>(tools.stream().filter(tool -> queries.containsKey(tool.id())).toList());
    Collections.shuffle(drawn, random);
    List<List<ExpertCard>> seats = new ArrayList<>();
    int taken = 0;
    for (int seat = 0; seat < SEATS; seat++) {
      int many = MEMBERS[random.nextInt(MEMBERS.length)];
      seats.add(drawn.subList(taken, taken + many));
      taken += many;
    }
    var absent = drawn.subList(taken, drawn.size());
    List<ExpertCard> cards = new ArrayList<>();
    List<ColdFit.Example> examples = new ArrayList<>();
    for (var members : seats) {
      var id = members.getFirst().id();
      int phrases = phrases();
      List<Skill> skills = new ArrayList<>();
      for (var tool : members) {
        List<String> own = new ArrayList<>(of(tool));
        Collections.shuffle(own, random);
        own.subList(0, phrases).forEach(phrase -> skills.add(new Skill(phrase, 1)));
        if (!tool.id().equals(id)) {
          skills.add(new Skill(tool.description(), 1));
        }
        own.subList(phrases, phrases + Math.max(1, PER_EXPERT / members.size()))
            .forEach(query -> examples.add(new ColdFit.Example(profile.apply(query), Set.of(id))));
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        skills.add(new Skill(any(absent), -1));
      }
      cards.add(members.getFirst().withSkills(skills));
    }
    for (int i = 0; i < UNANSWERABLE; i++) {
      examples.add(new ColdFit.Example(profile.apply(any(absent)), Set.of()));
    }
    return new ColdFit.Table(Roster.of(name, cards), examples);
  }

  private List<String> of(ExpertCard tool) {
    return queries.getOrDefault(tool.id(), List.of());
  }

  private String any(List<ExpertCard> absent) {
    var some = of(absent.get(random.nextInt(absent.size())));
    return some.get(random.nextInt(some.size()));
  }

  /** A third of the cards has none, a third a few, a third many. */
  private int phrases() {
    return switch (random.nextInt(3)) {
      case 0 -> 0;
      case 1 -> 1 + random.nextInt(5);
      default -> 6 + random.nextInt(15);
    };
  }
}
