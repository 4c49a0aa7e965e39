package io.consilium.orchestrator.security;

import io.consilium.orchestrator.security.Door.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the door of a request: a map look-up for literal paths, a short list for the others. */
public final class Doors {
  private final Map<String, List<Door>> literal = new HashMap<>();
  private final List<Door> below = new ArrayList<>();

  /** Looks in {@code doors}. */
  public Doors(List<Door> doors) {
    for (var door : doors) {
      if (door.path().endsWith("/*")) {
        below.add(door);
      } else {
        literal.computeIfAbsent(door.path(), path -> new ArrayList<>()).add(door);
      }
    }
  }

  /** The door for a method and path; empty when there is none. HEAD goes through GET's door. */
  public Optional<Door> find(String method, String path) {
    var wanted = method.equals("HEAD") ? "GET" : method;
    for (var door : at(path)) {
      if (door.method().equals(wanted)) {
        return Optional.of(door);
      }
    }
    return Optional.empty();
  }

  /** How errors on a path are written, whatever the method. */
  public Shape shape(String path) {
    return at(path).stream()
        .map(Door::shape)
        .findFirst()
        .orElse(path.startsWith("/v1/") ? Shape.OPENAI : Shape.PROBLEM);
  }

  /** The methods a path takes; empty when there is no such path. */
  public List<String> methods(String path) {
    return at(path).stream().map(Door::method).toList();
  }

  private List<Door> at(String path) {
    var found = literal.get(path);
    return found != null ? found : below.stream().filter(door -> door.leadsTo(path)).toList();
  }
}
