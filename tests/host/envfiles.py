"""Files of `EnvironmentFile=`, and what systemd 252 made of them."""

OF_OLD = (
    "LANG PATH INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID HOME LOGNAME USER SHELL".split()
)  # in any case

FILES = [
    ("# c\n; c2\nA=1\n  B = two words  \n", {"A": "1", "B": "two words"}),
    ('C="q \\"x\\" $y \\\\ z"\nD=\'s "q" \\ \'\n', {"C": 'q "x" $y \\ z', "D": 's "q" \\ '}),
    ('E=a\\ b\\\n c\nF="multi\nline"\nZ=1\n', {"E": "a b c", "F": "multi\nline", "Z": "1"}),
    ("export G=1\nH=x # not comment\n", {"H": "x # not comment"}),
    ('I="a"b\nJ=a"b"\n', {"I": "ab", "J": 'a"b"'}),
    ("K=\nL\nM=1\n", {"K": "", "M": "1"}),
    ("1M=2\nT.T=1\nA B=3\n=x\nZ=1\n", {"Z": "1"}),
    ('N=a\\"b\nO="a\\nb"\nP=\'a\'"b"\n', {"N": 'a"b', "O": "a\\nb", "P": "ab"}),
    ("A=1\nA=again\n", {"A": "again"}),
    ('S="x" # c\nZ=1\n', {"S": "x# c", "Z": "1"}),
    ('A="unclosed\nB=1\n', {"A": "unclosed\nB=1\n"}),
    ('A=x\r\nB="y"\r\n', {"A": "x", "B": "y"}),
    ('A="a\\\nb"\nB=\\\nC=2\n', {"A": "ab", "B": "C=2"}),
    ("A=a'b\nB=a \\  \n", {"A": "a'b", "B": "a  "}),
    ('A="x"y"z"\nB=b\\tc\nC=\\\\\n', {"A": 'xy"z"', "B": "btc", "C": "\\"}),
    ('A="a$b`c\\$d"\nB=1;C=2\n', {"A": "a$b`c$d", "B": "1;C=2"}),
]
