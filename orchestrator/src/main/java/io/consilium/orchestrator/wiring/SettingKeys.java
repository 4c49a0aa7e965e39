package io.consilium.orchestrator.wiring;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lists the keys of settings, as they are written in a file. */
final class SettingKeys {
  private SettingKeys() {}

  /** Every key below {@code prefix}, the components of nested records included. */
  static List<String> of(Class<?> settings, String prefix) {
    List<String> keys = new ArrayList<>();
    for (var component : settings.getRecordComponents()) {
      var key =
          prefix + "." + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      if (component.getType().isRecord()) {
        keys.addAll(of(component.getType(), key));
      } else {
        keys.add(key);
      }
    }
    return keys;
  }
}
