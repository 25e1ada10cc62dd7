"""Letters of a scanner's screen: five columns by seven rows."""

from __future__ import annotations

import numpy as np

# Seven rows of five bits, each row a letter A..V or digit in base 32.
ROWS = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
GLYPHS = {
    "0": "EHJLPHE", "1": "4C4444E", "2": "EH1248V", "3": "V2421HE", "4": "26AIV22", "5": "VGU11HE", "6": "68GUHHE",
    "7": "V124888", "8": "EHHEHHE", "9": "EHHF12C", "A": "EHHVHHH", "B": "UHHUHHU", "C": "EHGGGHE", "D": "SIHHHIS",
    "E": "VGGUGGV", "F": "VGGUGGG", "G": "EHGNHHF", "H": "HHHVHHH", "I": "E44444E", "J": "72222IC", "K": "HIKOKIH",
    "L": "GGGGGGV", "M": "HRLLHHH", "N": "HHPLJHH", "O": "EHHHHHE", "P": "UHHUGGG", "Q": "EHHHLID", "R": "UHHUKIH",
    "S": "FGGE11U", "T": "V444444", "U": "HHHHHHE", "V": "HHHHHA4", "W": "HHHLLLA", "X": "HHA4AHH", "Y": "HHHA444",
    "Z": "V1248GV", ".": "00000CC", ":": "0CC0CC0", "/": "01248G0", "-": "000V000", "%": "OP248J3", " ": "0000000",
}  # fmt: skip


def lettered(text: str, scale: int = 1) -> np.ndarray:
    """Mask (7 * scale, 6 * scale * length) of a line of text; letters that are not known are blank."""
    columns = []
    for letter in text.upper():
        rows = [ROWS.index(row) for row in GLYPHS.get(letter, GLYPHS[" "])]
        columns.append(np.array([[row >> (4 - bit) & 1 for bit in range(5)] + [0] for row in rows], bool))
    return np.kron(np.concatenate(columns, 1), np.ones((scale, scale), bool))
