package io.consilium.orchestrator.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ClassPathResource;

class SettingsTest {
  @Test
  void theFileOfDefaultsNamesEverySetting() throws IOException {
    var text =
        new ClassPathResource("application.yml")
            .getContentAsString(java.nio.charset.StandardCharsets.UTF_8);
    Set<String> missing = new TreeSet<>();
    for (var key : SettingKeys.of(ConsiliumSettings.class, "consilium")) {
      var last = key.substring(key.lastIndexOf('.') + 1);
      if (!text.contains(last + ":")) {
        missing.add(key);
      }
    }

    assertThat(missing).isEmpty();
  }

  @Test
  void theFileOfDefaultsHoldsNoOtherSetting() throws IOException {
    var known = SettingKeys.of(ConsiliumSettings.class, "consilium");
    Set<String> unknown = new TreeSet<>();
    for (var source :
        new YamlPropertySourceLoader().load("defaults", new ClassPathResource("application.yml"))) {
      for (var name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
        if (name.startsWith("consilium.") && !known.contains(name)) {
          unknown.add(name);
        }
      }
    }

    assertThat(unknown).isEmpty();
  }
}
