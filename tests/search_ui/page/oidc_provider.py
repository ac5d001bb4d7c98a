"""A small OpenID Connect provider: it signs in, without a question, whoever it is told to."""

import time
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

CLIENT, SECRET = "clipseek", "a secret of the provider"
CODE, LIFE_SECONDS = "only-code", 600


class Provider:
    """The authorization code flow, as far as a client walks it."""

    def __init__(self) -> None:
        self.person = "nobody@example.org"
        """Who is signed in next."""
        self._key = RSAKey.generate_key(2048, {"use": "sig", "kid": "one"})
        self._nonce = ""
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
            ]
        )

    async def _configuration(self, request: Request) -> JSONResponse:
        own = str(request.base_url).rstrip("/")
        return JSONResponse(
            {
                "issuer": own,
                "authorization_endpoint": f"{own}/authorize",
                "token_endpoint": f"{own}/token",
                "jwks_uri": f"{own}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _authorize(self, request: Request) -> RedirectResponse:
        asked = request.query_params
        assert asked["client_id"] == CLIENT
        self._nonce = asked.get("nonce", "")
        answer = urlencode({"code": CODE, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{answer}", 302)

    async def _token(self, request: Request) -> JSONResponse:
        form = await request.form()
        assert form["code"] == CODE
        claims = {
            "iss": str(request.base_url).rstrip("/"),
            "aud": CLIENT,
            "sub": self.person,
            "email": self.person,
            "email_verified": True,
            "nonce": self._nonce,
            "iat": int(time.time()),
            "exp": int(time.time()) + LIFE_SECONDS,
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self._key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})

    async def _keys(self, _: Request) -> JSONResponse:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})
