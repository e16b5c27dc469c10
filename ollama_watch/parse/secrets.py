"""What of a log must not be kept: passwords and keys, masked before anything else sees them."""

import re
from collections.abc import Mapping

MASK = "***"
_NAMES = re.compile(
    r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|PRIVATE|COOKIE|BEARER"
    r"|(?:^|_)(?:PASS|PWD|CREDS?|JWT|LOGIN|DSN|SALT)(?:_|$)",
    re.IGNORECASE,
)
_PLAIN = frozenset(("", "true", "false", "0", "1"))  # a switch or nothing: tells no secret
# What keys of well-known services begin with, and web tokens; a key in the query of an address.
_VALUES = re.compile(
    r"(?<![A-Za-z0-9])(?:[spr]k-[\w-]{16}|gh[opsur]_\w{20}|github_pat_|glpat-|hf_\w{16}|xox[a-z]-|AKIA[0-9A-Z]{16}"
    r"|AIza[\w-]{20}|eyJ[\w-]{10}|(?:gsk|npm)_\w{20}|(?:nvapi|pypi)-[\w-]{16}|ya29\."
    r"|Bearer |Basic |-----BEGIN )|[?&][\w-]{0,20}(?:key|token|secret|passw|auth|sig)[\w-]{0,20}=",
    re.IGNORECASE,
)
_OPAQUE = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+=]{32,}")  # no setting looks like it
_USERINFO = re.compile(r"://[^\s/]*@")
_LOGIN = re.compile(r"^[^\s/@]*:[^\s/]*@")  # user:password@host:3128, a proxy without a scheme


def masked(name: str, value: str) -> str:
    """Return the value of a variable, or as much of it as may be known."""
    if value.lower() in _PLAIN:
        return value
    if _NAMES.search(name) or _VALUES.search(value) or _OPAQUE.fullmatch(value):
        return MASK
    return without_logins(value)


def without_logins(text: str) -> str:
    """Return `text` with who logs in by which password taken out of its addresses."""
    if "@" not in text:
        return text
    return _LOGIN.sub(f"{MASK}@", _USERINFO.sub(f"://{MASK}@", text))


def masked_all(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables as they may be kept."""
    return {name: masked(name, value) for name, value in variables.items()}
