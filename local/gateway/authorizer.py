"""JWT authorizers, and the one issuer whose tokens they believe here."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

TEN_YEARS_S = 10 * 365 * 24 * 60 * 60


class TokenError(Exception):
    """The token is missing or worth nothing."""


@dataclass(frozen=True, slots=True)
class Authorizer:
    issuer: str
    audience: tuple[str, ...]

    def check(self, header: str) -> dict[str, str]:
        """The claims, worded as API Gateway hands them to a function: all text. Raises TokenError."""
        token = header.removeprefix("Bearer ").strip()
        try:
            claims = jwt.decode(
                token,
                _key().public_key(),
                algorithms=["RS256"],
                issuer=self.issuer,
                options={"require": ["exp", "iat"], "verify_aud": False},
            )
        except jwt.InvalidTokenError as error:
            raise TokenError(str(error)) from error
        if claims.get("client_id") not in self.audience:  # An access token of Cognito has this instead of `aud`.
            raise TokenError("the token is for somebody else")
        return {name: _as_text(value) for name, value in claims.items()}

    def mint(self, group: str) -> tuple[str, int]:
        """What signing in as a member of that group would give, but for ten years; and when it expires, in seconds."""
        now = int(time.time())
        expires_at = now + TEN_YEARS_S
        claims = {
            "sub": str(uuid4()),
            "username": f"local-{group}",
            "cognito:groups": [group],
            "iss": self.issuer,
            "client_id": self.audience[0],
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "auth_time": now,
            "iat": now,
            "exp": expires_at,
            "jti": str(uuid4()),
        }
        return jwt.encode(claims, _key(), algorithm="RS256"), expires_at


def refusal(error: TokenError) -> Mapping[str, str]:
    return {"www-authenticate": f'Bearer scope="" error="invalid_token" error_description="{error}"'}


@cache
def _key() -> rsa.RSAPrivateKey:
    """New in each process, so no token outlives it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _as_text(value: Any) -> str:
    """Lists lose their commas: groups arrive as `[agent marketer]`."""
    if isinstance(value, list):
        return f"[{' '.join(map(str, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
