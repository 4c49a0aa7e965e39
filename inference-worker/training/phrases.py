"""The generator of every text the demo model is trained and measured on.

Nothing is downloaded. Each job has patterns with alternatives in [a|b|c] and slots in {braces}. One pattern in five is held out:
training never sees it, and the model card's accuracies are measured only on held-out patterns ("held-out phrasings").
"""
import random
import re

HELD_OUT_EVERY = 5


def part(patterns, held_out):
    return [p for i, p in enumerate(patterns) if (i % HELD_OUT_EVERY == HELD_OUT_EVERY - 1) == held_out]


def expand(rng, pattern, slots):
    while "[" in pattern:
        pattern = re.sub(r"\[([^\[\]]*)\]", lambda m: rng.choice(m.group(1).split("|")), pattern, count=1)
    return re.sub(r"\{(\w+)\}", lambda m: slots[m.group(1)](rng), pattern)


# --- triage: what a home assistant is asked for ------------------------------------------------

ROOMS = "kitchen,bedroom,hall,office,bathroom,garage,living room,study,attic,cellar,nursery,dining room,porch,garden".split(",")
SONGS = "Blue Moon,Yesterday,Clair de Lune,Imagine,Take Five,Summertime,So What,Gymnopedie,Bolero,Waterloo,Halo,Hey Jude".split(",")
BANDS = "the Beatles,Miles Davis,Abba,Bach,Nina Simone,Mozart,Queen,Adele,Chopin,Bob Marley,Bjork,Vivaldi".split(",")
GOODS = "milk,eggs,bread,rice,apples,soap,coffee,onions,butter,tea,candles,flour,bananas,paper towels,cheese,pasta,olive oil".split(",")
PEOPLE = "Anna,Tom,my sister,the dentist,Mum,Dad,Peter,the office,Julia,the plumber,Grandma,my boss,Karim,Lucia,the school".split(",")
PLACES = "the airport,the station,the museum,work,the nearest pharmacy,home,the harbour,Main Street,the stadium,the hospital,the zoo,the library".split(",")
TOWNS = "Oslo,Lyon,Porto,Kyoto,Leeds,Turin,Quito,Perth,Bergen,Ghent,Malaga,Dublin,Zurich,Austin,Nairobi,Seville".split(",")
DAYS = "today,tomorrow,on Sunday,this weekend,tonight,on Friday,next week,this afternoon,on Monday".split(",")
WORDS_1_20 = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()

SLOTS = {
    "room": lambda r: r.choice(ROOMS),
    "song": lambda r: r.choice(SONGS),
    "band": lambda r: r.choice(BANDS),
    "good": lambda r: r.choice(GOODS),
    "person": lambda r: r.choice(PEOPLE),
    "place": lambda r: r.choice(PLACES),
    "town": lambda r: r.choice(TOWNS),
    "day": lambda r: r.choice(DAYS),
    "n": lambda r: r.choice([str(r.randint(2, 59)), r.choice(WORDS_1_20)]),
    "deg": lambda r: str(r.randint(15, 26)),
    "pct": lambda r: str(r.randint(1, 10) * 10),
}

INTENTS = {
    "lights": [
        "[turn|switch] [on|off] the [lights|lights|lamp|lamps] in the {room}",
        "[turn|switch|put] the {room} [light|lights|lamp|lamps] [on|off]",
        "[dim|brighten] the [light|lights|lamp|lamps] in the {room}",
        "make the {room} [lights|lamp] [brighter|dimmer|darker|warmer]",
        "it is [too|so] dark in the {room}, [give me|I need] some light",
        "set the [light|lights|lamp|brightness] in the {room} to {pct} percent",
        "[lights|lamps] [on|off] in the {room}",
        "I want the {room} [lights|lamps] [off|on|dimmed]",
        "the [lamp|light|bulb] in the {room} should be [on|off|brighter]",
        "why are the {room} [lights|lamps] still on, switch them off",
        "[all|every] [lights|lamps] in the {room} [off|on]",
        "leave [only|just] the {room} [light|lamp] on",
        "[kill|cut] the [lights|lamps] in the {room}",
        "it is too bright in the {room}, dim the [lights|lamp]",
        "I cannot see in the {room}, turn the [lamp|light] on",
        "change the {room} [bulb|bulbs|lamp|lights] to [red|blue|green|white]",
        "is the [light|lamp] in the {room} [on|off]",
        "[blue|red|warm|white] light in the {room}",
        "the {room} is dark, [lamp|light|lights] on",
        "could the {room} [lights|lamps] be [dimmer|brighter]",
        "[light|lights] up the {room}",
        "darken the {room}, [lights|lamps] down to {pct} percent",
        "who left the [light|lights|lamp] on in the {room}",
        "[less|more] light in the {room}",
        "[lower|raise] the brightness of the [lamp|lights] in the {room}",
        "put more [light|lights] on in the {room}",
        "[dim|brighten] the {room} [lamp|lamps|bulbs]",
        "turn every [light|lamp|bulb] in the {room} [on|off]",
        "make it [brighter|darker|dimmer] in the {room}",
        "the {room} needs [more|less] light",
        "switch off the [lamps|bulbs|lights] when I leave the {room}",
        "I want a [dim|bright|soft] light in the {room}",
        "the [lights|lamps] are [too bright|too dim] in the {room}",
        "[red|blue|green] [lights|lamps] for the {room}",
        "the {room} is [too bright|too dark]",
        "get the [lights|lamp] in the {room} [off|on]",
        "brightness {pct} percent in the {room}",
        "no [light|lights] in the {room} tonight",
        "light the {room} [lamp|lamps]",
        "lamps at {pct} percent in the {room}",
    ],
    "heating": [
        "set the [heating|thermostat|temperature] to {deg} [degrees|celsius]",
        "[turn|switch] the [heating|heater|radiator] [up|down|on|off] in the {room}",
        "it is [too|so|very] [cold|chilly|freezing] in the {room}",
        "[warm|heat] up the {room} to {deg} degrees",
        "make the {room} [warmer|cooler|colder]",
        "the {room} is [too|so] [hot|warm|cold]",
        "I am [freezing|cold|shivering], turn the [heating|heater] on",
        "raise the [temperature|thermostat] in the {room} by [two|three|one] degrees",
        "[lower|drop] the [temperature|heating] in the {room}",
        "I want it {deg} degrees in the {room}",
        "what is the temperature in the {room}",
        "how warm is the {room}",
        "keep the {room} at {deg} degrees",
        "[heating|heater|radiator] [on|off] in the {room}",
        "cool the {room} down to {deg} degrees",
        "thermostat {deg} in the {room}",
        "switch the [radiator|heater] in the {room} [on|off]",
        "the [heater|radiator|heating] in the {room} should be [off|on]",
        "why is the {room} so [cold|hot|warm]",
        "the {room} feels [cold|chilly|freezing], more [heating|heat]",
        "[less|more] [heating|heat] in the {room}",
        "stop heating the {room}",
        "is the [heating|radiator|heater] on in the {room}",
        "bring the {room} to {deg} [degrees|celsius]",
        "the [radiator|heating|heater] in the {room} is [off|cold], turn it up to {deg} degrees",
        "[cool|heat|warm] the {room} [a bit|a little]",
        "I want the {room} [warmer|cooler|colder|warm|cool]",
        "it should be [warmer|cooler|colder] in the {room}",
        "get the {room} [warm|cool] by tonight",
        "the {room} is [freezing|boiling|chilly]",
        "make it [warmer|cooler|colder|{deg} degrees] in the {room}",
        "cool down the {room}",
        "warm the {room} up",
        "{deg} degrees in the {room} [please|]",
        "I would like {deg} degrees in the {room}",
        "the temperature in the {room} should be {deg}",
        "heat the {room}",
        "no heating in the {room} [today|tonight]",
        "is the {room} [warm|cold|cool] enough",
        "make the {room} {deg} degrees [warm|]",
    ],
    "music": [
        "play {song} by {band}",
        "play [some|a little] [jazz|music|rock|classical music|piano music]",
        "put on [a song|some music|an album] by {band}",
        "I want to [hear|listen to] {song}",
        "[next|skip this] [song|track]",
        "[pause|stop|resume] the [music|song|album|playlist]",
        "turn the [music|volume|song] [up|down]",
        "start the [playlist|album] [in|for] the {room}",
        "[louder|quieter] [music|song|volume] please",
        "what is this [song|track] called",
        "who [sings|plays] this [song|track]",
        "play the [new|last|first] album by {band}",
        "[shuffle|repeat] the [playlist|album|songs]",
        "some [music|songs|jazz] by {band} in the {room}",
        "play [music|a playlist|songs] for [dinner|running|sleeping] in the {room}",
        "I feel like listening to {band}",
        "lower the volume of the [music|song|playlist]",
        "let me hear [a song|an album|something] by {band}",
        "stop playing {song}",
        "add this [song|track] to the [playlist|album]",
        "more [songs|music|tracks] like {song}",
        "[music|playlist] [off|on] in the {room}",
        "play {song} [again|once more|louder]",
        "go back to the [last|first] [song|track]",
        "can we listen to [some music|an album|a song|a track] by {band}",
        "play something by {band}",
        "I want to hear {band}",
        "could we hear {song}",
        "put {song} on",
        "play the [song|track|album] {song}",
        "turn down the [music|song|volume]",
        "the music is too [loud|quiet]",
        "skip to the [next|last] [track|song]",
        "stop the [music|song|playlist] in the {room}",
        "[jazz|rock|piano music] in the {room}",
        "which [band|singer] plays this [song|music]",
        "sing me {song}",
        "let us listen to the album {song}",
        "my favourite [song|album|playlist] again",
        "start {song} by {band} from the beginning",
    ],
    "timer": [
        "set a timer for {n} minutes",
        "[start|begin] a {n} minute [timer|countdown]",
        "wake me [up|] in {n} minutes",
        "set an alarm for {n} [o'clock|minutes from now]",
        "[cancel|stop|delete] the [timer|alarm|countdown]",
        "how [long|much time] is left on the timer",
        "timer for {n} [minutes|seconds|hours]",
        "count down {n} [minutes|seconds]",
        "alarm at {n} [o'clock|]",
        "tell me when {n} minutes are [over|up]",
        "remind me in {n} minutes",
        "I need an alarm in {n} [minutes|hours]",
        "add {n} minutes to the [timer|alarm|countdown]",
        "[pause|resume] the [timer|countdown]",
        "give me {n} minutes on the [timer|clock]",
        "ring in {n} [minutes|hours]",
        "start counting {n} [minutes|seconds]",
        "when does the [timer|alarm] ring",
        "turn off the [alarm|timer]",
        "start an alarm that rings in {n} [minutes|hours]",
        "let the [alarm|timer] ring at {n} o'clock",
        "{n} minute [alarm|timer|countdown]",
        "my [eggs|noodles|cake] need {n} minutes",
        "snooze the alarm for {n} minutes",
        "a countdown of {n} [minutes|seconds|hours] starting now",
        "set the [timer|alarm|countdown] to {n} [minutes|hours]",
        "wake me at {n} [o'clock|]",
        "I have to get up in {n} [minutes|hours]",
        "[cancel|stop|pause] the {n} minute [timer|alarm]",
        "ring the alarm in {n} minutes",
        "a timer please, {n} [minutes|seconds|hours]",
        "an alarm for {n} [o'clock|hours from now]",
        "tell me in {n} [minutes|hours]",
        "how many minutes are left",
        "when are the {n} minutes over",
        "remind me at {n} o'clock",
        "{n} [minutes|seconds] on the [clock|timer|countdown]",
        "make that {n} minutes [more|longer] on the timer",
        "the pizza needs {n} minutes in the oven",
        "let me sleep {n} more minutes",
    ],
    "weather": [
        "what is the weather [like|] in {town} {day}",
        "will it [rain|snow] in {town} {day}",
        "do I need [an umbrella|a coat|a jacket|sunscreen] {day}",
        "weather [forecast|report] for {town}",
        "is it [going to be|] [sunny|rainy|windy|cloudy] in {town} {day}",
        "how [hot|cold|warm] will it be outside {day}",
        "any [rain|snow|storm|wind] {day}",
        "[rain|snow|sun|storm] in {town} {day}",
        "tell me the forecast for {day}",
        "will the sun shine {day} in {town}",
        "is there a [storm|shower|snowfall] coming {day}",
        "should I take [an umbrella|a raincoat] {day}",
        "how is the weather in {town}",
        "forecast for {town} {day}",
        "will there be [rain|snow|a storm|sun] {day} in {town}",
        "how much [rain|snow] do we get {day}",
        "is it [raining|snowing|windy|sunny] in {town}",
        "when does the [rain|snow|storm] [stop|end] in {town}",
        "what does the forecast say for {town} {day}",
        "is rain expected in {town} {day}",
        "can I go out without an umbrella {day}",
        "how [windy|sunny|cloudy] does it get {day}",
        "weather {day}",
        "is it [dry|wet] outside in {town} {day}",
        "what does the weather [report|forecast] promise for {town} {day}",
        "does it [rain|snow] {day} in {town}",
        "is {town} [sunny|rainy|windy|cold|warm] {day}",
        "what will it be like outside {day}",
        "are there clouds over {town} {day}",
        "how many degrees does {town} get {day}",
        "will there be sun {day}",
        "what is the forecast [for|in] {town}",
        "do they expect [snow|rain|storms] in {town} {day}",
        "is it a good day for an umbrella in {town}",
        "tell me about the weather in {town} {day}",
        "will it be [dry|wet|cold|hot] {day}",
        "will the [rain|snow|wind|storm] stop {day}",
        "what weather do we get {day}",
        "is there sunshine in {town} {day}",
        "should I expect [rain|snow|wind] {day}",
    ],
    "shopping": [
        "add {good} to the shopping list",
        "put {good} and {good} on the [shopping list|list]",
        "we are out of {good}",
        "I need to buy {good}",
        "[buy|get] [some|more] {good}",
        "we need [more|some] {good}",
        "remove {good} from the [shopping list|list]",
        "what is on the shopping list",
        "there is no {good} left",
        "order [some|more] {good}",
        "do not forget to buy {good}",
        "write {good} on the [list|shopping list]",
        "the {good} is [gone|empty|finished]",
        "read me the shopping list",
        "{good} on the list",
        "shopping list: {good} and {good}",
        "take {good} off the [list|shopping list]",
        "did I put {good} on the list",
        "we ran out of {good} and {good}",
        "please get {good} and {good} from the shop",
        "someone used up the {good}, buy more",
        "clear the shopping list",
        "is {good} on the shopping list",
        "we should [buy|get|order] {good}",
        "the shopping list needs {good} and {good}",
        "I have no {good} left, put it on the list",
        "{good} and {good}, please put them on the shopping list",
        "buy {good} and {good} for me",
        "get {good} from the shop",
        "the shop has {good}, add it to the list",
        "can we get {good} {day}",
        "we still have to buy {good} and {good}",
        "delete {good} from the shopping list",
        "I need {good}, {good} and {good}",
        "the last {good} is gone",
        "please buy {good} {day}",
        "note {good} for the shop",
        "do we need {good} from the shop",
        "what do I have to buy",
        "more {good} for the shopping list",
    ],
    "call": [
        "call {person}",
        "[phone|ring|dial] {person}",
        "make a [phone call|call] to {person}",
        "I want to [talk|speak] to {person}",
        "give {person} a [call|ring]",
        "get {person} on the phone",
        "[hang up|end the call|end this call]",
        "did {person} call",
        "start a [video call|call] with {person}",
        "dial the number of {person}",
        "can you phone {person}",
        "call back {person}",
        "who called me",
        "[answer|take] the [call|phone]",
        "phone call to {person}",
        "send {person} a message",
        "text {person} that I am late",
        "let me [talk|speak] with {person} on the phone",
        "try calling {person} again",
        "put me through to {person} on the phone",
        "message {person} that I am on my way",
        "is {person} on the phone",
        "redial {person}",
        "any missed calls from {person}",
        "I have to [speak|talk] to {person} by phone",
        "please get me {person} on the phone",
        "I need to [talk|speak] to {person} now",
        "[call|phone|ring|dial] {person} {day}",
        "can I talk to {person}",
        "speak with {person}",
        "tell {person} on the phone that I am late",
        "a call to {person} please",
        "write {person} a text message",
        "is there a message from {person}",
        "phone {person} and {person}",
        "let us call {person}",
        "start talking to {person} on the phone",
        "ring up {person}",
        "I have to call {person} back",
        "dial {person} for me",
    ],
    "route": [
        "how do I get to {place}",
        "[navigate|drive|take me] to {place}",
        "[directions|the way|route] to {place}",
        "what is the [fastest|shortest|best] [way|route] to {place}",
        "how [far|long] is it to {place}",
        "show me the [way|route] to {place}",
        "is there [traffic|a jam] on the way to {place}",
        "find a route to {place}",
        "how long does it take to drive to {place}",
        "how far is {place} from here",
        "guide me to {place}",
        "which bus goes to {place}",
        "start navigation to {place}",
        "avoid the [traffic|motorway] on the way to {place}",
        "give me directions to {place}",
        "walk to {place}, which way",
        "I need to get to {place}, how do I go",
        "where is {place}",
        "bring me to {place}",
        "drive me to {place} by the shortest way",
        "when do I [arrive|get] at {place} with this traffic",
        "which [road|way|street] leads to {place}",
        "is the [road|motorway|bridge] to {place} open",
        "take the [fastest|shortest] road to {place}",
        "how is the traffic on the route to {place}",
        "how far is it to {place}",
        "how far away is {place}",
        "what is the distance to {place}",
        "how long do I drive to {place}",
        "how many minutes to {place} by car",
        "I want to go to {place}",
        "I want to drive to {place}",
        "which way is {place} from here",
        "is it far to {place}",
        "the way from here to {place}",
        "the fastest way to {place} from here",
        "lead me to {place}",
        "can I walk to {place} from here",
        "how do I drive to {place}",
        "is {place} close to here",
    ],
}

TRIAGE_ASKS = [
    "Which intent is this? {t}",
    "Triage this request: {t}",
    "Intent: {t}",
    "Classify the intent: {t}",
    "What does the user want? {t}",
    "Name the intent of this home assistant request: {t}",
    "Sort this smart home request: {t}",
    "Label the intent of: {t}",
    "Which skill should handle this request? {t}",
    "Which intent does this request have? {t}",
    "Triage: {t}",
    "Give the intent label. {t}",
    "What is the intent of this request? {t}",
    "Find the intent: {t}",
    "Classify the intent of this request: {t}",
]
OPENINGS = ["", "", "", "", "please ", "hey, ", "could you ", "hi, ", "okay, ", "can you ", "now ", "um, ", "hello, ", "well, "]
ENDINGS = ["", "", "", "", " please", ", thanks", " now", " if you can", ", will you", " right away"]


def typo(rng, text):
    if len(text) < 12 or rng.random() > 0.12:
        return text
    i = rng.randrange(1, len(text) - 2)
    return rng.choice([text[:i] + text[i + 1:], text[:i] + text[i + 1] + text[i] + text[i + 2:], text[:i] + text[i] + text[i:]])


def thinned(rng, text):
    """Now and then a word is missing, so that no single one decides."""
    words = text.split(" ")
    if len(words) < 4 or rng.random() > 0.3:
        return text
    del words[rng.randrange(len(words))]
    return " ".join(words)


def ask(rng, asks, text, held_out, bare=0.15):
    if rng.random() < bare:
        return text
    return rng.choice(part(asks, held_out)).replace("{t}", text)


def triage(rng, held_out):
    intent = rng.choice(sorted(INTENTS))
    text = expand(rng, rng.choice(part(INTENTS[intent], held_out)), SLOTS)
    text = rng.choice(OPENINGS) + text + rng.choice(ENDINGS)
    if not held_out:
        text = typo(rng, thinned(rng, text))
    text = text.strip() + rng.choice(["", "", ".", "?", "!"])
    if rng.random() < 0.5:
        text = text[0].upper() + text[1:]
    return ask(rng, TRIAGE_ASKS, text, held_out, bare=0.1), intent


# --- extraction: name, order number and city as JSON -------------------------------------------

FIRST = """Ana Tom Maria Peter Lucia Karim Julia Omar Eva Ivan Nora Paul Sara Luis Ines Hugo Lena Max Ida Jan Mia Leo Zoe Ben Rosa Amir Vera
Otto Tara Finn Lara Noah Aisha Emil Clara David Elena Felix Greta Henrik Irene Jonas Katya Liam Marta Nadia Oscar Priya Quinn Rita Samir
Tilda Uma Viktor Wanda Yusuf Zara""".split()
LAST = """Ruiz Berg Novak Silva Khan Moreau Larsen Weber Costa Duarte Okafor Petrov Ito Singh Keller Rossi Brandt Evans Fischer Garcia Haas
Ivanov Jansen Kovacs Lopez Meyer Nilsen Owens Popov Quist Romano Suzuki Tanaka Urban Vogel Walsh Young Zeller Abbas Blanc Conti Dahl Ekman
Farkas Greco Horvat""".split()
CITIES = """Oslo Lyon Porto Kyoto Leeds Turin Quito Perth Bergen Ghent Malaga Dublin Zurich Austin Nairobi Seville Vienna Prague Lisbon Warsaw
Athens Cairo Lima Boston Denver Sydney Osaka Milan Naples Hanover Basel Geneva Bremen Cork Bath York Delhi Mumbai Accra Tunis Riga Tartu
Vilnius Krakow Split""".split()
# In no list of the training: what is right of these was copied.
UNSEEN = (
    """Bettina Carlos Dmitri Esther Fabian Giulia Hamid Ingrid Jorge Kenji Leila Matteo Natalia Olivier Petra Rafael Simone Tomas Ursula
Vincent Wilma Yasmin Anton Brigitte Cedric""".split(),
    """Adler Bakker Chavez Delgado Engel Fontaine Gomez Hofmann Iversen Johansson Kowalski Lambert Mancini Nakamura Ortega Pavlov Ricci
Sandoval Thomsen Uchida Villa Wagner Yamada Zimmer Becker""".split(),
    """Ankara Bilbao Chicago Dakar Essen Fukuoka Glasgow Havana Innsbruck Jaipur Kaunas Lagos Marseille Nottingham Oxford Paris Reims
Santiago Trieste Uppsala Verona Wellington Yokohama Zaragoza Brno""".split(),
)
VOWELS = "a a a e e e i i o o u u ia ei au ie ea y".split()
STARTS = "b bl br c ch d dr f fl fr g gr h j k kl kr l m n p pr q r s sch sh sl st t th tr v w x y z".split()
ENDS = "b ck d f g h k l ld ll lm ls m n nd ng nn ns nt p r rd rg rn rs rt s ss st t th tt v x z".split()
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def spelt(rng):
    """A word that nobody has seen: of syllables, or of letters as they come."""
    if rng.random() < 0.25:
        return "".join(rng.choice(LETTERS) for _ in range(rng.randint(3, 8)))
    word = rng.choice(VOWELS) if rng.random() < 0.2 else ""
    for _ in range(rng.randint(1, 3)):
        word += rng.choice(STARTS) + rng.choice(VOWELS) + (rng.choice(ENDS) if rng.random() < 0.3 else "")
    return word + (rng.choice(ENDS) if rng.random() < 0.5 else "")


def invented(rng):
    """A name that is in no list: spelt anew, or put together from halves of those that are."""
    if rng.random() < 0.35:
        one, other = rng.choice(FIRST + LAST + CITIES), rng.choice(FIRST + LAST + CITIES)
        return (one[:rng.randint(1, len(one) - 1)] + other[rng.randint(1, len(other) - 1):]).capitalize()
    return spelt(rng).capitalize()


# Share of names from the lists above. The others are invented for one question: only who copies letter by letter gets them right.
KNOWN = 0.35


def one_of(rng, names, known):
    return rng.choice(names) if rng.random() < known else invented(rng)


def person(rng, firsts, lasts, known):
    return one_of(rng, firsts, known) + " " + one_of(rng, lasts, known)


def order(rng):
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTVXYZ") for _ in range(2))
    digits = "".join(rng.choice("0123456789") for _ in range(rng.choice([4, 4, 5])))
    return rng.choice([letters + "-" + digits, letters + digits, digits])


NAME = [
    "my name is {v}", "this is {v}", "I am {v}", "the name is {v}", "{v} here", "here is {v}", "it is for {v}", "the customer is {v}",
    "{v} is my name", "this is about {v}", "the order belongs to {v}", "please note the name {v}", "{v} writes to you",
    "I write for {v}", "the name on it is {v}", "I am called {v}", "you spoke with {v}", "the parcel is for {v}", "the buyer is {v}",
    "the customer is called {v}", "{v} asked me to write", "name: {v}", "the account is in the name of {v}", "it was bought by {v}",
    "the parcel belongs to {v}", "customer: {v}", "I write on behalf of {v}", "{v} is waiting", "regards from {v}", "you can call me {v}",
]
ORDER = [
    "my order is {v}", "order number {v}", "the order number is {v}", "it is about order {v}", "I ordered under {v}", "reference {v}",
    "the reference is {v}", "see order {v}", "order {v} is late", "the number on the parcel is {v}", "parcel {v} is lost",
    "I ask about order {v}", "{v} is the order number", "please check order {v}", "the number of my order is {v}", "number {v}",
    "I paid for order {v}", "order {v} is not here yet", "my reference is {v}", "the parcel number is {v}", "order: {v}",
    "I have the number {v}", "{v} is the reference", "please look up {v}", "my order number reads {v}", "ref {v}",
    "you sent me order {v}", "the code is {v}", "order no. {v}", "please check the reference {v}",
]
CITY = [
    "I live in {v}", "send it to {v}", "it goes to {v}", "the city is {v}", "I moved to {v}", "please deliver to {v}", "I am in {v}",
    "the address is in {v}", "ship it to {v}", "it should go to {v}", "we live in {v}", "my home is in {v}", "deliver it in {v}",
    "I write from {v}", "bring it to {v}", "the parcel goes to {v}", "it went to {v}", "we are in {v} now", "city: {v}",
    "the delivery goes to {v}", "my flat is in {v}", "{v} is the city", "I stay in {v}", "our office is in {v}",
    "please ship to {v}", "it was sent to {v}", "I come from {v}", "the shop in {v} has it", "the new address is in {v}",
    "the parcel should go to {v}",
]
FILLERS = [
    "thank you", "it is urgent", "I have waited for days", "please help", "nobody answers", "the box was open", "I paid already",
    "that is all", "have a nice day", "it was a gift", "I am not happy", "the colour is wrong", "please hurry", "I called twice",
]
EXTRACT_ASKS = [
    "Extract name, order and city as JSON: {t}",
    "Pull the fields name, order, city out of this: {t}",
    "JSON with name, order and city: {t}",
    "Read the customer's name, order number and city from this message. {t}",
    "Turn this message into JSON: {t}",
    "Extract the entities: {t}",
    "Get name, order and city: {t}",
    "Which name, order number and city are mentioned? Answer in JSON. {t}",
    "Fill in name, order and city: {t}",
    "Extract the customer's name, order number and city: {t}",
    "Parse this message into fields: {t}",
    "Entities as JSON: {t}",
    "Find the name, the order number and the city: {t}",
    "Extract as JSON. {t}",
    "Give me name, order and city from this message as JSON: {t}",
]


# Words strung together at random: among them only the value itself tells what it is, so that a phrasing never seen before does not
# hide it. They are those of the patterns seen in training, of the other jobs' texts, and some that are spelt anew.
MEDLEY = 0.5
MEDLEY_WORDS = sorted({
    word.strip(",.:") for patterns in (NAME, ORDER, CITY) for pattern in part(patterns, False) for word in pattern.split() if "{" not in word
})
ASK_WORDS = sorted({word.strip(",.:?") for pattern in part(EXTRACT_ASKS, False) for word in pattern.split() if "{" not in word})
OTHER_WORDS = sorted({
    word for patterns in INTENTS.values() for pattern in part(patterns, False)
    for word in re.findall(r"\b[a-z]+\b", re.sub(r"\{\w+\}", " ", pattern))
} | {word for words in (ROOMS, GOODS, DAYS) for several in words for word in re.findall(r"\b[a-z]+\b", several)} | set(WORDS_1_20))


def medley(rng, words, count):
    """Never one spelt anew at the start: with a capital it would look like a name."""
    out = []
    for i in range(count):
        kind = rng.random()
        out.append(rng.choice(words) if kind < 0.5 else rng.choice(OTHER_WORDS) if kind < 0.85 or i == 0 else spelt(rng))
    return out


def clause(rng, patterns, value, held_out):
    if not held_out and rng.random() < MEDLEY:
        before = medley(rng, MEDLEY_WORDS, rng.randint(0, 6))
        if before and rng.random() < 0.15:
            before[-1] += rng.choice([":", ",", " -"])
        after = medley(rng, MEDLEY_WORDS, rng.randint(1, 5)) if rng.random() < 0.3 else []
        return " ".join(before + [value] + after)
    return rng.choice(part(patterns, held_out)).replace("{v}", value)


def quoted(value):
    return "null" if value is None else '"' + value + '"'


def extract(rng, held_out, names=(FIRST, LAST, CITIES)):
    known = 1 if held_out else KNOWN
    firsts, lasts, cities = names
    values = {"name": person(rng, firsts, lasts, known), "order": order(rng), "city": one_of(rng, cities, known)}
    for key in list(values):
        if rng.random() < 0.15:
            values[key] = None
    if not any(values.values()):
        values["name"] = person(rng, firsts, lasts, known)
    clauses = []
    for key, patterns in (("name", NAME), ("order", ORDER), ("city", CITY)):
        if values[key] is not None:
            clauses.append(clause(rng, patterns, values[key], held_out))
    rng.shuffle(clauses)
    if rng.random() < 0.5:
        place = rng.randrange(len(clauses) + 1)
        if not held_out and rng.random() < MEDLEY:
            clauses.insert(place, " ".join(medley(rng, MEDLEY_WORDS, rng.randint(2, 8))))
        else:
            clauses.insert(place, rng.choice(FILLERS))
    joiner = rng.choice([", ", ". ", " and ", ", and ", "; "])
    if not held_out and rng.random() < 0.2:
        joiner = rng.choice([" - ", "\n", "! ", ": ", " "])
    text = joiner.join(clauses)
    text = rng.choice(["", "", "Hello, ", "Hi, ", "Good morning, "]) + text
    if rng.random() < 0.6:
        text = text[0].upper() + text[1:]
    if joiner == ". ":
        text = re.sub(r"(\. )([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)
    text += rng.choice([".", "", "!"])
    answer = '{"name":%s,"order":%s,"city":%s}' % tuple(quoted(values[k]) for k in ("name", "order", "city"))
    if not held_out and rng.random() < MEDLEY:
        asked = " ".join(medley(rng, ASK_WORDS, rng.randint(1, 12)))
        asked = asked[0].upper() + asked[1:] + rng.choice([":", ".", "?", ""])
        between = rng.choice([" ", " ", "\n"])
        return (text + between + asked if rng.random() < 0.3 else asked + between + text), answer
    return ask(rng, EXTRACT_ASKS, text, held_out, bare=0.1), answer


# --- normalisation: dates to ISO 8601, quantities to number and symbol ---------------------------

MONTHS = "January February March April May June July August September October November December".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth
seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh
twenty-eighth twenty-ninth thirtieth thirty-first""".split()
UNITS = {
    "km": ["kilometres", "kilometers", "km"], "m": ["metres", "meters", "m"], "cm": ["centimetres", "centimeters", "cm"],
    "kg": ["kilograms", "kilos", "kg"], "g": ["grams", "grammes", "g"], "l": ["litres", "liters", "l"],
    "ml": ["millilitres", "milliliters", "ml"], "h": ["hours", "hrs", "h"], "min": ["minutes", "mins", "min"], "s": ["seconds", "secs", "s"],
    "kWh": ["kilowatt hours", "kilowatt-hours", "kWh"], "%": ["percent", "per cent", "%"],
}


def suffix(day):
    return "th" if 10 <= day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def number_words(n):
    if n < 20:
        return WORDS_1_20[n - 1]
    if n == 20:
        return "twenty"
    if n < 100:
        return TENS[n // 10 - 2] + ("" if n % 10 == 0 else "-" + WORDS_1_20[n % 10 - 1])
    rest = n % 100
    return WORDS_1_20[n // 100 - 1] + " hundred" + ("" if rest == 0 else " and " + number_words(rest))


def date(rng):
    year, month = rng.randint(1950, 2035), rng.randint(1, 12)
    day = rng.randint(1, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1])
    name = MONTHS[month - 1]
    short = name[:3]
    text = rng.choice([
        f"{day} {name} {year}", f"{name} {day}, {year}", f"{day}{suffix(day)} {name} {year}", f"{name} {day}{suffix(day)}, {year}",
        f"the {day}{suffix(day)} of {name} {year}", f"{day}.{month}.{year}", f"{day:02d}.{month:02d}.{year}", f"{day} {short} {year}",
        f"{short} {day}, {year}", f"the {ORDINALS[day - 1]} of {name} {year}", f"{name} the {ORDINALS[day - 1]}, {year}",
        f"{year}/{month:02d}/{day:02d}",
    ])
    return text, f"{year}-{month:02d}-{day:02d}"


def quantity(rng):
    symbol = rng.choice(sorted(UNITS))
    unit = rng.choice(UNITS[symbol])
    kind = rng.random()
    if kind < 0.45:
        n = rng.choice([rng.randint(2, 20), rng.randint(2, 99), rng.randint(100, 999)])
        return f"{number_words(n)} {unit}", f"{n} {symbol}"
    if kind < 0.6:
        n = rng.randint(2, 20)
        return f"{number_words(n)} and a half {unit}", f"{n}.5 {symbol}"
    if kind < 0.75:
        a, b = rng.randint(1, 99), rng.randint(1, 9)
        return f"{a},{b} {unit}", f"{a}.{b} {symbol}"
    if kind < 0.9:
        a, b = rng.randint(1, 9), rng.randint(100, 999)
        return f"{a},{b} {unit}", f"{a}{b} {symbol}"
    n = rng.randint(2, 999)
    return f"{n}{rng.choice([' ', ''])}{unit}", f"{n} {symbol}"


NORMALISE_ASKS = [
    "Normalise: {t}", "Normalise this: {t}", "Write {t} in standard form.", "Put {t} into standard notation.", "Standard form of {t}?",
    "Convert to standard notation: {t}", "How is {t} written in standard form?", "Normalize {t}", "Rewrite {t} in the standard way.",
    "Normalise {t} please.", "Standardise: {t}", "Give the standard notation for {t}.", "What is {t} in standard notation?",
    "Clean up this value: {t}", "Please write {t} in standard notation.", "Canonical form: {t}", "Normalise the value {t}.",
    "Express {t} in standard notation.", "Bring {t} into standard form.", "Convert {t} to the standard form.",
]
DATE_ASKS = [
    "Write {t} as an ISO date.", "ISO date: {t}", "Convert {t} to ISO 8601.", "What is {t} as an ISO date?", "Give {t} in ISO 8601.",
    "Date {t} in the form YYYY-MM-DD", "Normalise the date {t}.", "We met on {t}. Which ISO date is that?", "Turn {t} into an ISO date.",
    "Put the date {t} into ISO form.",
]
UNIT_ASKS = [
    "Write {t} with digits and symbol.", "Quantity: {t}", "Use digits and the unit symbol: {t}", "Normalise the quantity {t}.",
    "Write the quantity {t} with digits and unit symbol.", "Shorten {t} to number and symbol.", "Normalise the unit: {t}",
    "It weighs or measures {t}. Write that with a symbol.", "{t} in digits and symbol", "Give number and unit symbol for {t}.",
]


def normalise(rng, held_out):
    is_date = rng.random() < 0.55
    text, answer = date(rng) if is_date else quantity(rng)
    asks = NORMALISE_ASKS if rng.random() < 0.5 else DATE_ASKS if is_date else UNIT_ASKS
    if rng.random() < (0 if held_out else 0.1):
        return text, answer
    return rng.choice(part(asks, held_out)).replace("{t}", text), answer


JOBS = {"extract": extract, "normalise": normalise, "triage": triage}


def echo(rng):
    """The base model's own job: to say a text again. It teaches copying, which every adapter builds on."""
    text = JOBS[rng.choice(sorted(JOBS))](rng, False)[0]
    words = text.split(" ")
    if len(words) > 8:
        start = rng.randrange(len(words) - 7)
        text = " ".join(words[start:start + rng.randint(4, 8)])
    return text, text


def held_out(make, count, seed):
    """Distinct held-out questions and answers."""
    rng, seen, out = random.Random(seed), set(), []
    while len(out) < count:
        question, answer = make(rng)
        if question not in seen:
            seen.add(question)
            out.append((question, answer))
    return out


if __name__ == "__main__":
    import json
    import sys
    COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for job in sorted(JOBS):
        for question, answer in held_out(lambda rng: JOBS[job](rng, True), COUNT, f"20261130/{job}"):
            print(json.dumps({"adapter": job, "question": question, "answer": answer}))
    for question, answer in held_out(lambda rng: extract(rng, True, UNSEEN), COUNT // 2, "20261201/unseen"):
        print(json.dumps({"adapter": "extract", "question": question, "answer": answer, "unseen": True}))
