"""Questions in phrasings of another hand, which the report measures beside those held out of training.

Their patterns were written apart from those in phrases.py, in another tone, and share none with them; no training and no choice
between weights or cards uses them. Rooms, names, towns and numbers come from the same lists and generators as in training,
but for the questions marked "unseen", whose names and cities are in no list there.

    /usr/bin/python3 fresh.py > fresh.jsonl"""
import json
import random
import re

import phrases

SEED = 20261201
EACH = 200
UNSEEN = 100

EXTRACT_ASKS = [
    "Here is what a customer wrote. I need the name, the order number and the city as JSON: {t}",
    "Return a JSON object with the keys name, order and city for this message: {t}",
    "{t}\nPut the customer's name, order number and city into JSON.",
    "Who wrote this, about which order, and from which city? Reply with JSON. {t}",
    "Customer mail: {t} Output name, order and city as JSON.",
    "Make a JSON record (name, order, city) of the following message: {t}",
    "Take the customer's details (name, order number, city) from this text: {t}",
    "List the name, the order and the city mentioned here as JSON: {t}",
    "Structured data, please: name, order and city of {t}",
    "We need name, order number and city from the following mail. {t}",
]
NAME = [
    "you have me on file as {v}", "I should introduce myself, {v}", "please put it under {v}", "my full name: {v}", "signed, {v}",
    "yours, {v}", "it was {v} who placed it", "for the attention of {v}", "the person to ask for is {v}", "billed to {v}",
    "{v} speaking", "my wife {v} paid for it", "kind regards, {v}", "they call me {v}",
]
ORDER = [
    "I am chasing order {v}", "the confirmation says {v}", "my purchase has the number {v}", "regarding {v}", "what happened to order {v}",
    "you gave me the number {v}", "on the receipt it says {v}", "any news on order {v}", "purchase {v} never came",
    "order {v} was meant for last week", "I have order {v} with you", "the label shows {v}", "can you find order {v}", "about my order, {v}",
]
CITY = [
    "the courier should drive to {v}", "I am based in {v}", "we have a house in {v}", "I expect it in {v}", "forward everything to {v}",
    "the flat I rent is in {v}", "it must arrive in {v}", "my street is in {v}", "the destination is {v}", "we get our post in {v}",
    "I am staying in {v} this month", "let it come to {v}", "please send the parcel on to {v}", "all of us are from {v}",
]
FILLERS = [
    "I am still waiting", "could somebody look into this", "the first one broke", "my phone is off in the mornings", "no rush",
    "I wrote last week as well", "the door bell does not work", "many thanks in advance", "this is the second time", "it was for my son",
]
GREETINGS = ["", "", "Dear team, ", "Hello there, ", "Good evening, ", "To whom it may concern, "]
JOINERS = [", ", ". ", " - ", ", also ", "; "]

NORMALISE_ASKS = [
    "I have {t} here, what would the standard notation be?", "Our table wants the standard notation of {t}.",
    "Make this standard: {t}", "{t} -> standard notation", "Please standardise the entry {t}.",
    "How should {t} be stored in standard form?", "Normalised form of {t}, please", "Enter {t} in the normal form.",
]
DATE_ASKS = [
    "Which ISO 8601 date is {t}?", "The contract was signed on {t}; give the date in ISO 8601.", "Format {t} as YYYY-MM-DD.",
    "{t}, as ISO 8601 please", "My passport says {t}. As an ISO date?", "For the file name I need {t} as year-month-day.",
    "Make an ISO date of {t}", "Store the date {t} in ISO format.",
]
UNIT_ASKS = [
    "The recipe says {t}; I want digits and the unit symbol.", "Write out {t} as a number with its unit symbol.",
    "{t}: number and symbol only, please", "In a table I would put {t} as which number and unit symbol?",
    "Replace the words by digits and a unit symbol: {t}", "Note {t} as a figure with the symbol of the unit.",
    "Abbreviate {t} to a number and its unit.", "What is {t} as a number with a unit symbol?",
]

TRIAGE_ASKS = [
    "A user tells the smart home: {t} What is the intent?", "Assign an intent to this command: {t}", "Route this to the right skill: {t}",
    "{t}\nWhich intent is meant?", "Our home assistant heard this: {t} Name the intent.", "Say which kind of request this is: {t}",
    "Intent label for the following utterance: {t}", "Decide the intent of this voice command: {t}",
    "Someone asks the home assistant: {t} Which intent?", "Tag this utterance with its intent: {t}",
]
INTENTS = {
    "lights": [
        "someone forgot to switch the {room} [lamp|light] off", "[lamps|lights] please, I am going into the {room}",
        "I read in the {room}, so a [bright|brighter] light there", "take the [lights|lamp] in the {room} down to {pct} percent",
        "everything dark in the {room}, lights off", "is any lamp still on in the {room}", "a little more light over in the {room}",
        "the {room} light hurts my eyes, dim it", "may I have the {room} lamp in [green|blue|red]", "shut off all lamps in the {room}",
    ],
    "heating": [
        "my feet are cold in the {room}, heat it", "{deg} degrees would be nice in the {room}", "please let the {room} cool to {deg} degrees",
        "nobody is in the {room}, turn its heating down", "we are sweating in the {room}, radiator off",
        "how many degrees does the {room} have", "give the {room} some heat", "the {room} could be [a bit|a little] [warmer|cooler]",
        "thermostat up to {deg}, the {room} is cold", "do not let the {room} get [colder|warmer] than {deg} degrees",
    ],
    "music": [
        "I would love some {band} now", "do you have the song {song}", "that song once more", "softer music in the {room}",
        "put the album of {band} on in the {room}", "find me a playlist with {band}", "I do not like this track, next one",
        "start {song} from {band}", "is this song by {band}", "no more music in the {room}",
    ],
    "timer": [
        "let me know after {n} minutes", "the tea takes {n} minutes, start the timer", "alarm in exactly {n} minutes",
        "get me up at {n} o'clock", "stop that alarm", "is the timer still running", "{n} more minutes on the countdown",
        "my cake comes out in {n} minutes, set an alarm", "run a timer of {n} seconds", "at which time will the alarm ring",
    ],
    "weather": [
        "we want a picnic in {town}, will it stay dry {day}", "is snow coming to {town}", "what temperature do they expect in {town} {day}",
        "tell me if it rains {day}", "can I leave my coat at home {day}", "the forecast {day}, please", "does the sun come out in {town} {day}",
        "how bad is the storm in {town}", "what is the sky like over {town}", "is the wind strong in {town} {day}",
    ],
    "shopping": [
        "I used the last {good}, we need new", "when we shop {day} we want {good}", "make a note that {good} is missing",
        "{good} and {good} should go on the list", "how many things are on my shopping list", "no {good} at home, buy some",
        "cross {good} off the list", "could somebody get {good} from the store", "remember {good} for the shopping",
        "start a new shopping list with {good}",
    ],
    "call": [
        "I must speak to {person} at once", "reach {person} by phone", "connect me with {person}", "has {person} tried to phone me",
        "have a word with {person} for me on the phone", "let {person} know by text that I come later", "pick up the phone",
        "could you ring {person} for me", "the number of {person}, dial it", "my phone, call {person} on video",
    ],
    "route": [
        "we are late, quickest way to {place}", "plan a drive to {place}", "which exit do I take for {place}", "lead us on foot to {place}",
        "can you direct me to {place}", "how much traffic is there towards {place}", "the bus to {place}, where does it go from",
        "how long will the trip to {place} take", "I am lost, get me to {place}", "is there a shorter road to {place}",
    ],
}
OPENINGS = ["", "", "", "so, ", "listen, ", "excuse me, ", "computer, ", "quickly, "]
ENDINGS = ["", "", "", "", " would you", ", thank you", " for me"]

# names and cities that training has in no list
FIRST = """Agnes Bruno Chidi Dorota Ellen Farid Gemma Harald Ilse Jerome Kirsten Lorenzo Mehmet Nikola Odette Pascal Ramona Sven Thandi
Ulrich Veronica Wesley Xenia Yolanda Zoltan""".split()
LAST = """Andersen Bianchi Castillo Dubois Eriksen Ferrari Gruber Hansen Ilic Jovanovic Kaya Lindqvist Mbeki Navarro Olsen Pereira Quintana
Ramos Schmidt Torres Usman Vasquez Winter Yilmaz Zhang""".split()
CITIES = """Aarhus Bologna Cologne Dresden Edinburgh Florence Graz Hamburg Izmir Jakarta Kigali Ljubljana Madrid Nantes Odense Palermo
Rotterdam Salzburg Toledo Utrecht Valencia Windhoek Zagreb Antwerp Belfast""".split()


def extract(rng, unseen):
    name = rng.choice(FIRST if unseen else phrases.FIRST) + " " + rng.choice(LAST if unseen else phrases.LAST)
    values = {"name": name, "order": phrases.order(rng), "city": rng.choice(CITIES if unseen else phrases.CITIES)}
    for key in list(values):
        if rng.random() < 0.15:
            values[key] = None
    if not any(values.values()):
        values["name"] = name
    clauses = [rng.choice(patterns).replace("{v}", values[key]) for key, patterns in (("name", NAME), ("order", ORDER), ("city", CITY))
               if values[key] is not None]
    rng.shuffle(clauses)
    if rng.random() < 0.5:
        clauses.insert(rng.randrange(len(clauses) + 1), rng.choice(FILLERS))
    joiner = rng.choice(JOINERS)
    text = rng.choice(GREETINGS) + joiner.join(clauses)
    if rng.random() < 0.6:
        text = text[0].upper() + text[1:]
    if joiner == ". ":
        text = re.sub(r"(\. )([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)
    text += rng.choice([".", "", "!"])
    answer = '{"name":%s,"order":%s,"city":%s}' % tuple(phrases.quoted(values[k]) for k in ("name", "order", "city"))
    return rng.choice(EXTRACT_ASKS).replace("{t}", text), answer


def normalise(rng, unseen):
    is_date = rng.random() < 0.55
    text, answer = phrases.date(rng) if is_date else phrases.quantity(rng)
    asks = NORMALISE_ASKS if rng.random() < 0.5 else DATE_ASKS if is_date else UNIT_ASKS
    return rng.choice(asks).replace("{t}", text), answer


def triage(rng, unseen):
    intent = rng.choice(sorted(INTENTS))
    text = phrases.expand(rng, rng.choice(INTENTS[intent]), phrases.SLOTS)
    text = (rng.choice(OPENINGS) + text + rng.choice(ENDINGS)).strip() + rng.choice(["", ".", "?", "!"])
    if rng.random() < 0.5:
        text = text[0].upper() + text[1:]
    return (text if rng.random() < 0.1 else rng.choice(TRIAGE_ASKS).replace("{t}", text)), intent


def questions(make, count, unseen):
    rng, seen = random.Random(f"{SEED}/{make.__name__}/{unseen}"), set()
    while len(seen) < count:
        question, answer = make(rng, unseen)
        if question not in seen:
            seen.add(question)
            yield {"adapter": make.__name__, "question": question, "answer": answer} | ({"unseen": True} if unseen else {})


if __name__ == "__main__":
    for job in (extract, normalise, triage):
        for line in questions(job, EACH, False):
            print(json.dumps(line))
    for line in questions(extract, UNSEEN, True):
        print(json.dumps(line))
