package io.consilium.router.paraphrase;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A question, read down to what it asks: how (who, when, whether, how to …), of what time, and the
 * words that carry it, each in one form, in order. Politeness, articles and most prepositions are
 * gone; "in Python, how …" reads as "how … in Python", and "France's capital" as "capital of
 * France".
 */
final class Wording {
  private static final Lexicon LEXICON = Lexicon.shipped();

  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?<double>[^\"]+)\""
              + "|(?<![\\p{L}\\p{N}])'(?<single>[^']+)'(?![\\p{L}\\p{N}])"
              + "|(?<iso>\\d{4}-\\d{2}-\\d{2})"
              + "|(?<slashed>\\d{1,4}[/.]\\d{1,2}[/.]\\d{1,4})"
              + "|(?<clock>\\d{1,2}:\\d{2})"
              + "|(?<ordinal>\\d+)(?:st|nd|rd|th)\\b"
              + "|(?<number>(?<![\\p{L}\\p{N}])[-+]?\\d+(?:,\\d{3})*(?:\\.\\d+)?)"
              + "|(?<word>\\p{L}(?:[\\p{L}\\p{N}]|[-'.](?=[\\p{L}\\p{N}]))*)"
              + "|(?<mark>[^\\s])");

  private static final Pattern CODE = Pattern.compile("[`{}\\\\|]|\\n|;\\s*$|\\w\\(");

  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("zero", "0"),
          Map.entry("one", "1"),
          Map.entry("two", "2"),
          Map.entry("three", "3"),
          Map.entry("four", "4"),
          Map.entry("five", "5"),
          Map.entry("six", "6"),
          Map.entry("seven", "7"),
          Map.entry("eight", "8"),
          Map.entry("nine", "9"),
          Map.entry("ten", "10"),
          Map.entry("eleven", "11"),
          Map.entry("twelve", "12"),
          Map.entry("thirteen", "13"),
          Map.entry("fourteen", "14"),
          Map.entry("fifteen", "15"),
          Map.entry("sixteen", "16"),
          Map.entry("seventeen", "17"),
          Map.entry("eighteen", "18"),
          Map.entry("nineteen", "19"),
          Map.entry("twenty", "20"),
          Map.entry("thirty", "30"),
          Map.entry("forty", "40"),
          Map.entry("fifty", "50"),
          Map.entry("sixty", "60"),
          Map.entry("seventy", "70"),
          Map.entry("eighty", "80"),
          Map.entry("ninety", "90"),
          Map.entry("dozen", "12"),
          Map.entry("hundred", "100"),
          Map.entry("thousand", "1000"),
          Map.entry("million", "1000000"),
          Map.entry("first", "#1"),
          Map.entry("second", "#2"),
          Map.entry("third", "#3"),
          Map.entry("fourth", "#4"),
          Map.entry("fifth", "#5"),
          Map.entry("sixth", "#6"),
          Map.entry("seventh", "#7"),
          Map.entry("eighth", "#8"),
          Map.entry("ninth", "#9"),
          Map.entry("tenth", "#10"),
          Map.entry("thirds", "/3"),
          Map.entry("quarter", "/4"),
          Map.entry("quarters", "/4"),
          Map.entry("half", "/2"),
          Map.entry("double", "*2"),
          Map.entry("twice", "*2"),
          Map.entry("score", "20"));

  private static final List<String> MONTHS =
      List.of(
          "january",
          "february",
          "march",
          "april",
          "may",
          "june",
          "july",
          "august",
          "september",
          "october",
          "november",
          "december");

  /** Days whose short names are words as well. */
  private static final Map<String, String> DAYS =
      Map.of("Sat", "saturday", "Sun", "sunday", "Mon", "monday", "Wed", "wednesday");

  private static final Set<String> ASKING =
      Set.of("who", "whom", "whose", "what", "which", "when", "where", "why", "how");
  private static final Set<String> ASIDE =
      Set.of(
          "in", "on", "at", "for", "with", "after", "before", "during", "if", "when", "under",
          "within", "from", "to", "as", "since", "without");
  private static final Set<String> LINKS = Set.of("to", "by", "for", "about", "with", "as");
  private static final Set<String> PRESENT = Set.of("is", "are", "am", "do", "does");
  private static final Set<String> PAST = Set.of("was", "were", "did", "had");
  private static final Set<String> MODALS =
      Set.of("can", "could", "should", "may", "might", "must", "will", "would", "shall", "ought");
  private static final Set<String> TELLING =
      Set.of("tell", "give", "show", "list", "name", "define", "explain", "describe");
  private static final Set<String> BREAKS =
      Set.of(
          "of", "in", "on", "at", "for", "to", "by", "with", "from", "about", "into", "and", "or",
          "than", "is", "are", "was", "were", "do", "does", "did", "can", "has", "have", "under",
          "after", "before", "during", "if", "when", ",", ".");

  /** A word as written, and as it is read. */
  private record Token(String raw, String word) {
    Token as(String read) {
      return new Token(raw, read);
    }

    boolean isNumber() {
      return !word.isEmpty() && (Character.isDigit(word.charAt(0)) || word.matches("[-+]\\d.*"));
    }
  }

  /** What may stand before a question and mean nothing. */
  private static final Set<String> LEADS =
      Set.of(",", ".", "so", "well", "and", "but", "ok", "okay");

  /** First words that say how it is asked. */
  private static final Map<String, String> OPENINGS =
      Map.of(
          "what", "what",
          "which", "what",
          "who", "who",
          "whom", "who",
          "when", "when",
          "where", "where",
          "why", "why",
          "whose", "whose",
          "howlong", "howlong",
          "howoften", "howoften");

  private static final Token BEGINNING = new Token("", "");

  private final String asked;
  private final String tense;
  private final List<String> links;
  private final List<String> words;
  private final Set<String> verbs;
  private final Set<String> names;
  private final boolean readable;

  private Wording(
      String asked,
      String tense,
      List<String> links,
      List<String> words,
      Set<String> verbs,
      Set<String> names,
      boolean readable) {
    this.asked = asked;
    this.tense = tense;
    this.links = List.copyOf(links);
    this.words = List.copyOf(words);
    this.verbs = Set.copyOf(verbs);
    this.names = Set.copyOf(names);
    this.readable = readable;
  }

  static Wording of(String text) {
    if (text.length() > Paraphrase.MOST || CODE.matcher(text.strip()).find()) {
      return new Wording("", "", List.of(), List.of(), Set.of(), Set.of(), false);
    }
    var read = fillers(amounts(tokens(text)));
    read = genitives(fronted(asked(read)));
    var phrased = phrases(read);
    return told(phrased);
  }

  /** How it asks: {@code who}, {@code howto}, {@code whether} … */
  String asked() {
    return asked;
  }

  /** {@code past}, {@code future}, or empty. */
  String tense() {
    return tense;
  }

  /** Prepositions that may be left out but not changed: a letter to somebody, by, about. */
  List<String> links() {
    return links;
  }

  /** The words that carry it. */
  List<String> words() {
    return words;
  }

  /** Those of {@link #words} that are verbs here. */
  Set<String> verbs() {
    return verbs;
  }

  /** Those of {@link #words} that are written like names. */
  Set<String> names() {
    return names;
  }

  /** Whether it could be read. */
  boolean readable() {
    return readable;
  }

  private static List<Token> tokens(String text) {
    var plain =
        Normalizer.normalize(text, Normalizer.Form.NFKC)
            .replaceAll("[\u2018\u2019\u02bc]", "'")
            .replaceAll("[\u201c\u201d\u201e\u00ab\u00bb]", "\"")
            .replaceAll("[\u2010-\u2015\u2212]", "-");
    boolean shouted = plain.equals(plain.toUpperCase(Locale.ROOT));
    List<Token> tokens = new ArrayList<>();
    var found = TOKEN.matcher(shouted ? plain.toLowerCase(Locale.ROOT) : plain);
    while (found.find()) {
      var raw = found.group();
      if (found.group("double") != null) {
        tokens.add(new Token(raw, "\"" + found.group("double").strip()));
      } else if (found.group("single") != null) {
        tokens.add(new Token(raw, "\"" + found.group("single").strip()));
      } else if (found.group("iso") != null) {
        tokens.add(new Token(raw, "@" + raw));
      } else if (found.group("slashed") != null || found.group("clock") != null) {
        tokens.add(new Token(raw, "@" + raw));
      } else if (found.group("ordinal") != null) {
        tokens.add(new Token(raw, "#" + found.group("ordinal")));
      } else if (found.group("number") != null) {
        tokens.add(new Token(raw, raw.replace(",", "").replaceFirst("^\\+", "")));
      } else if (found.group("word") != null) {
        word(raw, tokens);
      } else {
        tokens.add(new Token(raw, ".?!;:".contains(raw) ? "." : raw));
      }
    }
    return tokens;
  }

  private static void word(String raw, List<Token> tokens) {
    if (raw.matches("U\\.?S\\.?(A\\.?)?")) {
      tokens.add(new Token(raw, "usa"));
      return;
    }
    if (raw.matches("U\\.?K\\.?")) {
      tokens.add(new Token(raw, "uk"));
      return;
    }
    var word = raw.toLowerCase(Locale.ROOT);
    int mark = word.indexOf('\'');
    var start = mark < 0 ? word : word.substring(0, mark);
    var end = mark < 0 ? "" : word.substring(mark);
    if (word.equals("can't") || word.equals("cannot")) {
      add(tokens, raw, "can", "not");
    } else if (word.equals("won't")) {
      add(tokens, raw, "will", "not");
    } else if (word.endsWith("n't")) {
      add(tokens, raw, word.substring(0, word.length() - 3), "not");
    } else if (end.equals("'s")
        && (ASKING.contains(start) || Set.of("it", "that", "there", "here").contains(start))) {
      add(tokens, raw, start, "is");
    } else if (word.equals("let's")) {
      add(tokens, raw, "let", "us");
    } else if (end.equals("'m")) {
      add(tokens, raw, start, "am");
    } else if (end.equals("'re")) {
      add(tokens, raw, start, "are");
    } else if (end.equals("'ve")) {
      add(tokens, raw, start, "have");
    } else if (end.equals("'ll")) {
      add(tokens, raw, start, "will");
    } else if (end.equals("'d")) {
      add(tokens, raw, start, "would");
    } else if (end.equals("'s")) {
      tokens.add(new Token(raw.substring(0, mark), start));
      tokens.add(new Token("'s", "'s"));
    } else {
      var dashed = word.split("-");
      if (dashed.length == 2 && NUMBERS.containsKey(dashed[0]) && NUMBERS.containsKey(dashed[1])) {
        add(tokens, raw, dashed);
      } else {
        tokens.add(new Token(raw, word.replaceAll("[-.](?=.)", "")));
      }
    }
  }

  private static void add(List<Token> tokens, String raw, String... words) {
    for (var word : words) {
      tokens.add(new Token(raw, word));
    }
  }

  /** Numbers, units, clocks and dates, each in one form. */
  private static List<Token> amounts(List<Token> tokens) {
    List<Token> read = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      var token = tokens.get(i);
      var last = read.isEmpty() ? BEGINNING : read.getLast();
      boolean behind =
          last.isNumber()
              || last.word().equals("unit:degree")
              || last.word().equals("unit:square")
              || last.word().equals("unit:cubic")
              || last.word().startsWith("/")
              || last.word().startsWith("*");
      var number = NUMBERS.get(token.word());
      var unit =
          token.word().equals("second") && !behind
              ? null
              : LEXICON
                  .unit(token.raw(), behind)
                  .or(() -> LEXICON.unit(token.word(), false))
                  .orElse(null);
      if (last.isNumber() && token.word().matches("am|pm|a\\.?m\\.?|p\\.?m\\.?")) {
        read.set(read.size() - 1, last.as(clock(last.word(), token.word().charAt(0) == 'p')));
      } else if (last.word().matches("@\\d{1,2}:\\d{2}") && token.word().matches("am|pm")) {
        read.set(
            read.size() - 1,
            last.as(clock(last.word().substring(1), token.word().charAt(0) == 'p')));
      } else if (token.word().matches("@\\d{1,2}:\\d{2}")) {
        read.add(
            token.as(token.word().length() == 5 ? "@0" + token.word().substring(1) : token.word()));
      } else if (unit != null) {
        read.add(token.as("unit:" + unit));
      } else if (number != null) {
        boolean joins =
            last.word().matches("[2-9]0")
                && number.length() == 1
                && NUMBERS.containsValue(last.word());
        if (joins) {
          read.set(
              read.size() - 1,
              last.as(String.valueOf(Integer.parseInt(last.word()) + Integer.parseInt(number))));
        } else {
          read.add(token.as(number));
        }
      } else {
        read.add(token);
      }
    }
    return dates(read);
  }

  private static String clock(String time, boolean afternoon) {
    var parts = time.split(":");
    int hour;
    try {
      hour = Integer.parseInt(parts[0]) % 12 + (afternoon ? 12 : 0);
    } catch (NumberFormatException e) {
      return "@" + time + (afternoon ? "pm" : "am");
    }
    return "@%02d:%s".formatted(hour, parts.length > 1 ? parts[1] : "00");
  }

  private static List<Token> dates(List<Token> tokens) {
    List<Token> read = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      int day = day(tokens, i);
      int month = day > 0 ? month(tokens, i + 1, true) : 0;
      if (month > 0) {
        i = date(tokens, i, i + 2, day, month, read);
        continue;
      }
      month = month(tokens, i, false);
      day = month > 0 ? day(tokens, i + 1) : 0;
      if (day > 0) {
        i = date(tokens, i, i + 2, day, month, read);
        continue;
      }
      var token = tokens.get(i);
      boolean named = token.raw().equals("May") && i > 0; // else the verb
      read.add(
          named
              ? token.as("@may")
              : abbreviated(token, read.isEmpty() ? "" : read.getLast().word()));
    }
    return read;
  }

  private static Token abbreviated(Token token, String before) {
    boolean told = Set.of("on", "this", "next", "last", "every").contains(before);
    var day = told ? DAYS.get(token.raw()) : null;
    return day == null ? token : token.as(day);
  }

  private static int date(
      List<Token> tokens, int from, int next, int day, int month, List<Token> read) {
    int after = next < tokens.size() && tokens.get(next).word().equals(",") ? next + 1 : next;
    boolean year = after < tokens.size() && tokens.get(after).word().matches("1\\d{3}|20\\d{2}");
    read.add(
        new Token(
            tokens.get(from).raw(),
            "@%s%02d-%02d".formatted(year ? tokens.get(after).word() + "-" : "", month, day)));
    return year ? after : next - 1;
  }

  private static int day(List<Token> tokens, int at) {
    if (at >= tokens.size()) {
      return 0;
    }
    var word = tokens.get(at).word();
    if (!word.matches("#?\\d{1,2}")) {
      return 0;
    }
    int day = Integer.parseInt(word.replace("#", ""));
    return day <= 31 ? day : 0;
  }

  private static int month(List<Token> tokens, int at, boolean behindDay) {
    if (at >= tokens.size()) {
      return 0;
    }
    var token = tokens.get(at);
    if (behindDay && token.word().equals("of")) {
      return 0;
    }
    var word = LEXICON.canonical(token.word());
    boolean told = behindDay || !token.raw().equals("may");
    return told ? MONTHS.indexOf(word) + 1 : 0;
  }

  /** Replaces known phrases by what is read in their place; commas inside do not matter. */
  private static List<Token> phrases(List<Token> tokens) {
    return replaced(tokens, false);
  }

  /** Takes out what is said to be polite; a part of a longer phrase stays. */
  private static List<Token> fillers(List<Token> tokens) {
    var left = replaced(tokens, true);
    while (!left.isEmpty() && LEADS.contains(left.getFirst().word())) {
      left = left.subList(1, left.size());
    }
    return left;
  }

  private static List<Token> replaced(List<Token> tokens, boolean fillers) {
    List<Token> read = new ArrayList<>();
    for (int i = 0; i < tokens.size(); ) {
      int taken = 0;
      for (var phrase : LEXICON.phrases(tokens.get(i).word())) {
        int end = matches(phrase.words(), tokens, i);
        if (end > i) {
          boolean early = phrase.read().isEmpty() || phrase.read().equals(Lexicon.TELL);
          if (fillers && !early) {
            // the phrase stays for later, whole
            read.addAll(tokens.subList(i, end));
          } else {
            var raw = tokens.get(i).raw();
            phrase.read().forEach(word -> read.add(new Token(raw, word)));
          }
          taken = end - i;
          break;
        }
      }
      if (taken == 0) {
        read.add(tokens.get(i));
        taken = 1;
      }
      i += taken;
    }
    return read;
  }

  private static int matches(List<String> phrase, List<Token> tokens, int from) {
    int at = from;
    for (var word : phrase) {
      while (at > from && at < tokens.size() && tokens.get(at).word().equals(",")) {
        at++;
      }
      if (at >= tokens.size() || !reads(tokens.get(at), word)) {
        return -1;
      }
      at++;
    }
    return at;
  }

  /** A unit stands under its own name in phrases: "in which year". */
  private static boolean reads(Token token, String word) {
    return token.word().equals(word)
        || (token.word().startsWith("unit:") && token.raw().toLowerCase(Locale.ROOT).equals(word));
  }

  /** "Hamlet was written by whom" as "whom Hamlet was written by"; "tell me X" as "what X". */
  private static List<Token> asked(List<Token> tokens) {
    if (tokens.isEmpty()) {
      return tokens;
    }
    var first = tokens.getFirst().word();
    if (TELLING.contains(first)) {
      int next = 1;
      while (next < tokens.size()
          && Set.of("me", "about", "us").contains(tokens.get(next).word())) {
        next++;
      }
      var rest = tokens.subList(next, tokens.size());
      if (!rest.isEmpty() && ASKING.contains(rest.getFirst().word())) {
        return rest;
      }
      List<Token> what = new ArrayList<>();
      what.add(new Token("what", "what"));
      what.addAll(rest);
      return what;
    }
    boolean begins =
        ASKING.contains(first)
            || PRESENT.contains(first)
            || PAST.contains(first)
            || MODALS.contains(first)
            || ASIDE.contains(first);
    if (!begins) {
      for (int i = 1; i < tokens.size(); i++) {
        boolean whom = ASKING.contains(tokens.get(i).word());
        boolean stands = tokens.subList(0, i).stream().noneMatch(each -> each.word().equals("."));
        if (whom && stands && tokens.subList(i, tokens.size()).size() <= 4) {
          List<Token> turned = new ArrayList<>(tokens.subList(i, tokens.size()));
          turned.removeIf(each -> each.word().equals("."));
          turned.addAll(tokens.subList(0, i));
          return turned;
        }
      }
    }
    return tokens;
  }

  /** What stands before the question and a comma, behind it: "in Python, how do I sort". */
  private static List<Token> fronted(List<Token> tokens) {
    if (tokens.isEmpty() || !ASIDE.contains(tokens.getFirst().word())) {
      return tokens;
    }
    for (int i = 1; i + 1 < tokens.size(); i++) {
      var next = tokens.get(i + 1).word();
      boolean asks =
          ASKING.contains(next)
              || PRESENT.contains(next)
              || PAST.contains(next)
              || MODALS.contains(next);
      if (tokens.get(i).word().equals(",") && asks) {
        List<Token> turned = new ArrayList<>(tokens.subList(i + 1, tokens.size()));
        turned.removeIf(each -> each.word().equals("."));
        turned.addAll(tokens.subList(0, i));
        return turned;
      }
    }
    // "for what is it used", "at which school"
    return ASKING.contains(tokens.get(1).word()) && !tokens.getFirst().word().equals("when")
        ? tokens.subList(1, tokens.size())
        : tokens;
  }

  /** "France's national anthem" as "national anthem of France". */
  private static List<Token> genitives(List<Token> tokens) {
    List<Token> read = new ArrayList<>(tokens);
    for (int at = 1; at < read.size(); at++) {
      if (!read.get(at).word().equals("'s")) {
        continue;
      }
      int owner = at - 1;
      while (owner > 0 && !opens(read.get(owner - 1).word())) {
        owner--;
      }
      int end = at + 1;
      while (end < read.size() && !BREAKS.contains(read.get(end).word())) {
        end++;
      }
      List<Token> turned = new ArrayList<>(read.subList(0, owner));
      turned.addAll(read.subList(at + 1, end));
      turned.add(new Token("of", "of"));
      turned.addAll(read.subList(owner, at));
      turned.addAll(read.subList(end, read.size()));
      read = turned;
      at = owner;
    }
    return read;
  }

  /** Whether a name or noun cannot reach back over this word. */
  private static boolean opens(String word) {
    return BREAKS.contains(word)
        || ASKING.contains(word)
        || LEXICON.stops(word)
        || MODALS.contains(word)
        || Set.of("the", "a", "an", "my", "our", "your", "his", "her", "their").contains(word);
  }

  private static Wording told(List<Token> tokens) {
    List<Token> left = new ArrayList<>(tokens);
    left.removeIf(
        each -> each.word().equals(",") || each.word().equals(".") || each.word().equals("'s"));
    var asked = how(left);
    boolean present = left.stream().anyMatch(each -> PRESENT.contains(each.word()));
    boolean past = left.stream().anyMatch(each -> PAST.contains(each.word()));
    boolean future = false;
    boolean be =
        left.stream()
            .anyMatch(
                each -> Set.of("is", "are", "was", "were", "be", "been").contains(each.word()));
    List<String> words = new ArrayList<>();
    List<String> links = new ArrayList<>();
    Set<String> verbs = new HashSet<>();
    Set<String> names = new HashSet<>();
    int known = 0;
    for (var token : left) {
      var word = token.word();
      if (LEXICON.stops(word) || PAST.contains(word)) {
        if (LINKS.contains(word)) {
          links.add(word);
        }
        known++;
        continue;
      }
      if (MODALS.contains(word)) {
        known++;
        switch (word) {
          case "can", "could" -> words.add("can");
          case "should", "ought" -> words.add("should");
          case "may", "might" -> words.add("may");
          case "must" -> words.add("must");
          default -> future |= word.equals("will") || word.equals("shall");
        }
        continue;
      }
      boolean ending = word.length() > 4 && word.endsWith("ed") && !word.endsWith("eed");
      boolean irregular = LEXICON.past(word).isPresent();
      if ((ending || irregular) && !present && !asked.equals("howto")) {
        past = true;
      }
      var one = isPlain(word) ? LEXICON.canonical(word) : word;
      if (LEXICON.isVerb(one) || ((ending || irregular) && be)) {
        verbs.add(one);
      }
      if (!token.raw().isEmpty() && Character.isUpperCase(token.raw().charAt(0))) {
        names.add(one);
      }
      words.add(one);
    }
    price(words);
    boolean readable = !words.isEmpty() && (known > 0 || !asked.equals("do"));
    return new Wording(
        differing(asked, words),
        past ? "past" : future ? "future" : "",
        links,
        words,
        verbs,
        names,
        readable);
  }

  private static boolean isPlain(String word) {
    return word.indexOf(':') < 0
        && !word.startsWith("\"")
        && !word.startsWith("@")
        && !word.startsWith("#");
  }

  /** How it asks; what says so is taken out. */
  private static String how(List<Token> left) {
    for (int i = 0; i < left.size(); i++) {
      var word = left.get(i).word();
      if (word.equals("howto")) {
        left.remove(i);
        return "howto";
      }
    }
    if (left.isEmpty()) {
      return "do";
    }
    var first = left.getFirst().word();
    var asked = OPENINGS.get(first);
    if (asked != null || first.equals("how")) {
      left.removeFirst();
      return asked == null ? first : asked;
    }
    boolean whether =
        PRESENT.contains(first)
            || PAST.contains(first)
            || MODALS.contains(first)
            || first.equals("has")
            || first.equals("have");
    return whether ? "whether" : "do";
  }

  /** "How much does X cost" asks for its price. */
  private static void price(List<String> words) {
    if (words.size() > 1 && words.getFirst().equals("much")) {
      if (words.contains("weigh")) {
        words.remove("much");
        words.set(words.indexOf("weigh"), "weight");
      } else if (words.contains("price")) {
        words.remove("much");
      }
    }
  }

  /** "How do X and Y differ" asks what the difference is, and "how much" what the amount is. */
  private static String differing(String asked, List<String> words) {
    boolean what =
        asked.equals("how")
            && (words.contains("differ") || words.contains("price") || words.contains("weight"));
    return what ? "what" : asked;
  }
}
