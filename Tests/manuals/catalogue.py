"""The catalogues of texts in the sources, `Texts+….swift`: each `Text("English", "français")`."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NBSP = "\u00a0"


class Literal:
    """A string literal of Swift: where it stands, and its parts outside of interpolations."""

    def __init__(self, source, start):
        self.start = start
        self.parts = []  # (from, to) of plain text in the source
        self.slots = []  # the expressions that are filled in
        position = part = start + 1
        while source[position] != '"':
            if source.startswith("\\(", position):
                self.parts.append((part, position))
                end = _closing(source, position + 1)
                self.slots.append(source[position + 2 : end])
                position = part = end + 1
            elif source[position] == "\\":
                position += 2
            elif source[position] == "\n":
                raise ValueError("a string does not end")
            else:
                position += 1
        self.parts.append((part, position))
        self.end = position + 1


def _closing(source, start):
    """The place of the parenthesis that closes the one at `start`."""
    depth, position = 0, start
    while True:
        character = source[position]
        if character == '"':
            position = Literal(source, position).end
            continue
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return position
        position += 1


class Entry:
    """One text: its name in the catalogue, and the literals of each language."""

    def __init__(self, file, line, name, english, french, source):
        self.place = f"{file.relative_to(ROOT)}:{line}"
        self.name = name
        self.english = english
        self.french = french
        self.source = source

    def text(self, literals):
        pieces = [self.source[a:b] for literal in literals for a, b in literal.parts]
        return "".join(pieces).replace('\\"', '"').replace("\\n", "\n")

    @staticmethod
    def slots(literals):
        """What is filled in, without the language of a text in a text."""
        found = [slot for literal in literals for slot in literal.slots]
        bare = [re.sub(r'"[^"]*"', '""', slot) for slot in found]
        return sorted(re.sub(r"\.(english|french)$", "", slot) for slot in bare)


def _argument(source, position):
    """The literals of one argument, joined by +; None where something else stands there."""
    literals = []
    while True:
        position = re.compile(r"\s*").match(source, position).end()
        if source[position] != '"' or source.startswith('"""', position):
            return None, position
        literals.append(Literal(source, position))
        position = re.compile(r"\s*").match(source, literals[-1].end).end()
        if source[position] != "+":
            return literals, position
        position += 1


def entries(file):
    """All texts of a catalogue that are written out in both languages."""
    source = file.read_text()
    found = []
    names = [
        (match.start(), match[1])
        for match in re.finditer(r"(?:func|let|var|case) \.?(\w+)", source)
    ]
    for match in re.finditer(r"\bText\(", source):
        english, position = _argument(source, match.end())
        if english is None or source[position] != ",":
            continue
        french, position = _argument(source, position + 1)
        if french is None:
            continue
        name = [name for start, name in names if start < match.start()][-1]
        line = source.count("\n", 0, match.start()) + 1
        found.append(Entry(file, line, name, english, french, source))
    return found


def files():
    return sorted((ROOT / "Sources").rglob("Texts+*.swift"))


def typeset(text):
    """French spaces before the tall marks, and inside of quotation marks, that no line ends at."""
    text = re.sub(r" ([:;?!»])", NBSP + r"\1", text)
    return re.sub(r"« ", "«" + NBSP, text)


def typeset_file(file):
    """Puts the spaces into the French of a catalogue."""
    source = file.read_text()
    edits = [
        part
        for entry in entries(file)
        for literal in entry.french
        for part in literal.parts
    ]
    for start, end in sorted(edits, reverse=True):
        source = source[:start] + typeset(source[start:end]) + source[end:]
    if source != file.read_text():
        file.write_text(source)


def typeset_page(file):
    """The same in the source of a manual page; examples stay as they are."""
    lines = file.read_text().split("\n")
    text = "\n".join(line if line.startswith("    ") else typeset(line) for line in lines)
    if text != file.read_text():
        file.write_text(text)
