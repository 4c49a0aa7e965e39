"""A small byte-level BPE vocabulary (GPT-2 byte symbols and pre-tokenizer), learnt from generated text. Merges join letters only, so
numbers stay single digits. The same merges go into the GGUF and the exported tokenizer."""
import collections
import re

# ChatML, with the start of each role's turn as one token
SPECIAL = ["<|im_end|>", "<|im_start|>system", "<|im_start|>user", "<|im_start|>assistant"]
EOS = 256
SYSTEM, USER, ASSISTANT = 257, 258, 259
# GPT-2's pattern for ASCII text
PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")


def byte_symbols():
    plain = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    symbols, extra = {}, 0
    for b in range(256):
        if b in plain:
            symbols[b] = chr(b)
        else:
            symbols[b] = chr(256 + extra)
            extra += 1
    return symbols


SYMBOLS = byte_symbols()


def learn(texts, count):
    words = collections.Counter()
    for text in texts:
        words.update(p for p in PIECES.findall(text) if re.fullmatch(r" ?[A-Za-z]+", p))
    parts = {w: [SYMBOLS[b] for b in w.encode()] for w in words}
    merges = []
    while len(merges) < count:
        pairs = collections.Counter()
        for w, n in words.items():
            p = parts[w]
            for a, b in zip(p, p[1:]):
                pairs[a, b] += n
        if not pairs:
            break
        best = max(pairs, key=lambda k: (pairs[k], k))
        merges.append(best)
        for w in words:
            parts[w] = joined(parts[w], best)
    return merges


def joined(parts, pair):
    out, i = [], 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            out.append(parts[i] + parts[i + 1])
            i += 2
        else:
            out.append(parts[i])
            i += 1
    return out


class Vocabulary:
    """Tokens in id order: 256 bytes, the special tokens, one token per merge."""

    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.ranks = {m: i for i, m in enumerate(self.merges)}
        self.tokens = [SYMBOLS[b] for b in range(256)] + SPECIAL + [a + b for a, b in self.merges]
        self.ids = {t: i for i, t in enumerate(self.tokens)}
        self.cache = {}

    def encode(self, text):
        ids = []
        for piece in PIECES.findall(text):
            if piece not in self.cache:
                parts = [SYMBOLS[b] for b in piece.encode()]
                while len(parts) > 1:
                    best = min(zip(parts, parts[1:]), key=lambda p: self.ranks.get(p, 1 << 30))
                    if best not in self.ranks:
                        break
                    parts = joined(parts, best)
                self.cache[piece] = [self.ids[p] for p in parts]
            ids.extend(self.cache[piece])
        return ids

    def example(self, question, answer):
        """(ids, length of the prompt) in ChatML."""
        newline = self.ids[SYMBOLS[10]]
        prompt = [USER, newline] + self.encode(question) + [EOS, newline, ASSISTANT, newline]
        return prompt + self.encode(answer) + [EOS], len(prompt)
