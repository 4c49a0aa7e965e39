package io.consilium.tools.everyday;

import static java.util.Map.entry;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Cities, countries of one zone and zone abbreviations, and how they are found in a text. */
final class Places {
  private static final Map<String, String> MORE =
      Map.ofEntries(
          entry(
              "America/New_York",
              "new york city|nyc|boston|washington|washington dc|miami|atlanta|philadelphia|orlando|et|est|edt|eastern|eastern time|east coast"),
          entry(
              "America/Chicago",
              "houston|dallas|austin|san antonio|minneapolis|new orleans|st louis|cst|cdt|ct|central time"),
          entry("America/Denver", "salt lake city|mst|mdt|mountain time"),
          entry(
              "America/Los_Angeles",
              "la|san francisco|sf|seattle|san diego|las vegas|portland|silicon valley|california|pt|pst|pdt|pacific|pacific time|west coast"),
          entry("America/Sao_Paulo", "rio|rio de janeiro|brasilia|brazil|brt"),
          entry("America/Argentina/Buenos_Aires", "argentina"),
          entry("Pacific/Honolulu", "hawaii"),
          entry("Europe/London", "uk|england|britain|scotland|edinburgh|manchester|bst"),
          entry(
              "Europe/Berlin",
              "germany|munich|frankfurt|hamburg|cologne|stuttgart|cet|cest|mez|mesz|central european time"),
          entry("Europe/Paris", "france|lyon|marseille"),
          entry("Europe/Madrid", "spain|barcelona|valencia"),
          entry("Europe/Rome", "italy|milan|naples|turin"),
          entry("Europe/Zurich", "switzerland|geneva|basel|bern|zürich"),
          entry("Europe/Athens", "greece|eet|eest"),
          entry("Europe/Lisbon", "portugal|porto|wet|west"),
          entry("Europe/Moscow", "st petersburg|msk"),
          entry("Europe/Istanbul", "turkey|ankara"),
          entry("Europe/Kyiv", "kiev|ukraine"),
          entry("Asia/Shanghai", "china|beijing|shenzhen|guangzhou"),
          entry(
              "Asia/Kolkata",
              "india|mumbai|delhi|new delhi|bangalore|bengaluru|chennai|hyderabad|pune|ist"),
          entry("Asia/Tokyo", "japan|osaka|kyoto|jst"),
          entry("Asia/Seoul", "korea|south korea|kst"),
          entry("Asia/Dubai", "abu dhabi|uae"),
          entry("Asia/Jerusalem", "israel|tel aviv"),
          entry("Asia/Ho_Chi_Minh", "hanoi|vietnam"),
          entry("Asia/Karachi", "pakistan|lahore|islamabad"),
          entry("Africa/Johannesburg", "south africa|cape town|pretoria"),
          entry("Africa/Cairo", "egypt"),
          entry("Africa/Lagos", "nigeria"),
          entry("Australia/Sydney", "canberra|aest|aedt"),
          entry("Australia/Perth", "awst"),
          entry("Pacific/Auckland", "new zealand|wellington|nzst|nzdt"),
          entry("Etc/UTC", "utc|gmt|zulu|greenwich|coordinated universal time"));

  private static final Set<String> OTHER_WORDS =
      Set.of("easter", "christmas", "center", "reunion", "midway", "mobile", "currie", "general");
  private static final Pattern OFFSET =
      Pattern.compile("\\b(?:utc|gmt) ?([+-])(\\d{1,2})(?::?(\\d{2}))?\\b");

  private final Map<String, ZoneId> zones = new HashMap<>();
  private final Pattern names;

  /**
   * A place in the text.
   *
   * @param name as it is shown
   */
  record Place(String name, ZoneId zone, int start, int end) {}

  Places() {
    for (var id : ZoneId.getAvailableZoneIds()) {
      if (id.matches(
          "(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.*")) {
        var city = id.substring(id.lastIndexOf('/') + 1).replace('_', ' ').toLowerCase(Locale.ROOT);
        if (!OTHER_WORDS.contains(city)) {
          zones.putIfAbsent(city, ZoneId.of(id));
        }
      }
    }
    MORE.forEach((zone, all) -> {
      for (var name : all.split("\\|")) {
        zones.put(name, ZoneId.of(zone));
      }
    });
    names =
        Pattern.compile(
            "\\b("
                + zones.keySet().stream()
                    .filter(name -> name.length() > 1)
                    .sorted(Comparator.comparingInt(String::length).reversed())
                    .map(Pattern::quote)
                    .collect(Collectors.joining("|"))
                + ")\\b");
  }

  /** Every place in the text, in order. */
  List<Place> in(String text) {
    List<Place> found = new ArrayList<>();
    var offset = OFFSET.matcher(text);
    var left = new StringBuilder(text);
    while (offset.find()) {
      int hours = Integer.parseInt(offset.group(2));
      int minutes = offset.group(3) == null ? 0 : Integer.parseInt(offset.group(3));
      if (hours <= 14 && minutes < 60) {
        int sign = offset.group(1).equals("-") ? -1 : 1;
        var zone = ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes);
        found.add(new Place("UTC" + zone.getId(), zone, offset.start(), offset.end()));
        left.replace(offset.start(), offset.end(), "#".repeat(offset.end() - offset.start()));
      }
    }
    var m = names.matcher(left);
    while (m.find()) {
      var zone = zones.get(m.group(1));
      if (zone != null) {
        found.add(new Place(shown(m.group(1)), zone, m.start(), m.end()));
      }
    }
    found.sort(Comparator.comparingInt(Place::start));
    return found;
  }

  private static String shown(String name) {
    if (name.length() <= 4
        && !name.matches(
            "rome|oslo|lima|bern|kiev|kyiv|pune|rio|baku|doha|male|juba|lome|guam|nome|faro|hong|iran|cuba|peru")) {
      return name.toUpperCase(Locale.ROOT);
    }
    var words = name.split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].substring(0, 1).toUpperCase(Locale.ROOT) + words[i].substring(1);
    }
    return String.join(" ", words);
  }
}
