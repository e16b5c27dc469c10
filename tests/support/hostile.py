"""Lines that somebody made to hurt: the worst case of each pattern of the parser, in any size."""

from collections.abc import Mapping

_GIN = b"[GIN] 2026/01/02 - 03:04:05 |"
_LAUNCH = b'time=2026-01-02T03:04:05Z msg="starting llama server" cmd="/bin/x '
_ENV = b'time=2026-01-02T03:04:05Z msg="server config" env="map['
_LOAD = b'msg=load request="{Operation:commit'
_PAIRS = b'msg="template selection" '
_PLAIN = b"2024/09/03 12:00:00 routes.go:1: INFO "

# What stands first, and what is repeated behind it until the line has its size.
_WORST: Mapping[str, tuple[bytes, bytes]] = {
    "digits": (b"", b"9"),
    "blanks": (b"", b" "),
    "quotes": (b"msg=", b'"'),
    "quoted quotes": (_PAIRS, b'\\"'),
    "open quotes": (_PAIRS, b'"a'),
    "nested records": (b"", b' msg=\\"'),
    "nested escapes": (b'msg=\\"', b"\\a"),
    "nested code points": (b'msg=\\"', b"\\u0041"),
    "nested lines": (b'msg=\\"', b"\\nmsg=x"),
    "messages": (b"", b"msg= "),
    "messages of ours": (b"", b'msg="load '),
    "open messages": (b"", b'msg="\\" '),
    "wrapped records": (b"", b'msg=mlx-runner msg="\\" '),
    "deeply wrapped": (b"", b'msg=mlx-runner msg="msg=mlx-runner msg=\\"\\\\" '),
    "backslashes": (b'msg="', b"\\"),
    "keys without values": (_PAIRS, b"a"),
    "words": (_PAIRS, b"a "),
    "pairs": (_PAIRS, b"a=b "),
    "other pairs": (_PAIRS, b"a" * 9 + b"=b "),
    "open pairs": (_PAIRS, b'a="'),
    "equals signs": (_PAIRS, b"="),
    "times": (b"msg=load ", b"time=2026-01-02T03:04:05.1"),
    "digits of a second": (b"msg=load time=2026-01-02T03:04:05.", b"1"),
    "access, blanks": (_GIN, b" "),
    "access, colours": (_GIN, b"\x1b[0m"),
    "access, status": (_GIN, b"2"),
    "access, bars": (_GIN + b" 200 |", b"|"),
    "access, bars and blanks": (_GIN + b" 200 |", b"a | "),
    "access, latency": (_GIN + b" 200 | 1", b"1"),
    "access, units": (_GIN + b" 200 | ", b"1s"),
    "access, heads": (b"", _GIN),
    "access, moments": (b"", b"[GIN] 2026/01/02 - 03:04:05 "),
    "access, requests": (b"", b'[GIN] 2026/01/02 - 03:04:05 | 200 | 99h | ::1 | POST "/v1/" '),
    "access, path": (_GIN + b' 200 | 1s | ::1 | POST "', b"/"),
    "colours": (b"", b"\x1b["),
    "open colours": (b"\x1b[", b"0;"),
    "dates": (b".go:", b"2024/09/03 12:00:00 a.go:1"),
    "sources": (b"2024/09/03 12:00:00 ", b".go:1"),
    "plain pairs": (_PLAIN + b"server config ", b"a=b "),
    "listening": (_PLAIN + b"Listening on ", b"a"),
    "flags": (_LAUNCH, b"-a "),
    "many kinds of flags": (_LAUNCH, b"--model \xe2\x80\xa6 -c 1 "),
    "models": (_LAUNCH, b"--model a "),
    "cut models": (_LAUNCH, b"--model ... "),
    "adapters": (_LAUNCH + b"--model a ", b"--lora a "),
    "one flag": (_LAUNCH, b"--a"),
    "flags with values": (_LAUNCH, b"--a=b "),
    "digests": (_LAUNCH + b"--model ", b"/sha256-" + b"a" * 60),
    "variables": (_ENV, b"K:V "),
    "one variable": (_ENV, b"K"),
    "cut variables": (_ENV, b"K:... "),
    "proxies": (_ENV + b"HTTPS_PROXY:", b"http://"),
    "passwords": (_ENV + b"HTTPS_PROXY:http://", b"a:b@"),
    "keys": (_ENV + b"A:", b"sk-eyJ"),
    "fields": (_LOAD, b" KvSize:1"),
    "open fields": (_LOAD, b" {"),
    "adapters of a request": (_LOAD + b" LoraPath:[", b"a "),
    "messages that are long": (b'msg="offload to ', b"a"),
    "digits in a message": (b'msg="offloaded ', b"1"),
    "versions": (b'msg="Listening on x (version ', b"1."),
    "dumps": (b"", b"loaded meta data with "),
    "dumps of many": (b"loaded meta data with ", b" from a"),
    "dumps of nothing": (b"", b"loaded meta data with from a "),
    "architectures": (b"", b"general.architecture  "),
    "architecture": (b"general.architecture str = ", b"a"),
    "context lengths": (b".context_length", b"a"),
    "context lengths, dots": (b"", b"a.context_length "),
    "n_ctx_train": (b"", b": n_ctx_train  "),
    "n_ctx_": (b"n_ctx_train (", b"n_ctx_"),
    "prompts": (b"task.n_tokens =", b"new prompt, "),
    "prompt sizes": (b"new prompt, ", b"task.n_tokens = "),
    "slots": (b"initializing, n_slots", b"0.000.000 A srv"),
    "numbers of slots": (b"initializing, n_slots 0.000.000 A srv", b" n_slots = 1"),
    "bytes that are no text": (_PAIRS, b"\xff"),
}


def hostile(size: int) -> dict[str, bytes]:
    """Return each worst case with about `size` bytes, by what it is full of."""
    return {
        name: head + part * (max(size - len(head), 0) // len(part)) for name, (head, part) in _WORST.items()
    }
