"""How often one may ask: each holder of a token, each address without one, and who sends tokens that are not good.

A process counts for itself: who asks all of several may ask that many times as often. A good token is never refused
because of others from the same address: a whole town hall may come from one.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, NoReturn, cast

from flask import Flask, Response, current_app, g, request

from service.api.rates import WINDOW_S, Rate
from service.errors import TooManyRequests

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from service.operations.principals import Principal
    from service.settings import RateSettings

_LIMITS = "rate limits"
_COUNTED = "kuntokanta.admitted"
_UNLIMITED = frozenset({"health"})
"""Blueprints that are asked by what watches over the service."""


class RateLimits:
    """The rates of a process."""

    def __init__(self, settings: RateSettings) -> None:
        self.holder = Rate("holder", settings.holder_per_minute)
        self.address = Rate("address", settings.address_per_minute)
        self.refused = Rate("refused-tokens", settings.refused_tokens_per_minute)

    def admits(self, environ: WSGIEnvironment) -> bool:
        """Count a request of somebody without a token; return whether it is within what the address may."""
        environ[_COUNTED] = is_within = self.address.take(network(environ.get("REMOTE_ADDR", "")))
        return is_within


def keep_limits(app: Flask, limits: RateLimits) -> None:
    """Have an application heed limits, once it knows who asks."""
    app.extensions[_LIMITS] = limits
    app.before_request(_limit_request)
    app.after_request(_tell_rate)


def count_refused_token() -> None:
    """Count a token, or a sign-in, that was not good; raises `TooManyRequests` where the address has sent too many."""
    _count(_limits().refused, network(request.remote_addr or ""))


def network(address: str) -> str:
    """Return what a limit for an address is for: of IPv6 the network, in which one machine has all addresses.

    >>> network("192.0.2.7"), network("2001:db8:1:2:3::4")
    ('192.0.2.7', '2001:db8:1:2::')
    """
    if ":" not in address:
        return address
    try:
        number = int(ipaddress.IPv6Address(address.partition("%")[0]))
    except ValueError:
        return address
    return str(ipaddress.IPv6Address(number >> 64 << 64))


def _limit_request() -> None:
    """Count this request; raises `TooManyRequests`."""
    if request.blueprint in _UNLIMITED:
        return
    holder: Principal | None = g.get("principal")
    if holder is not None:
        _count(_limits().holder, holder.sha256.hex())
    elif not request.environ.get(_COUNTED, False):
        rate, who = _limits().address, network(request.remote_addr or "")
        if _COUNTED in request.environ:
            _refuse(rate, who)
        _count(rate, who)


def _count(rate: Rate, who: str) -> None:
    is_within = rate.take(who)
    if rate.per_minute:
        g.rate = rate, who
    if not is_within:
        _refuse(rate, who)


def _refuse(rate: Rate, who: str) -> NoReturn:
    g.rate = rate, who
    raise TooManyRequests(rate.wait_s(who))


def _tell_rate(answer: Response) -> Response:
    """Tell how much is left: to holders of tokens always, to others once nothing is."""
    rate, who = g.get("rate") or (None, "")
    if rate is not None and (rate.name == _limits().holder.name or answer.status_code == TooManyRequests.status):
        left, seconds = rate.left(who)
        answer.headers["RateLimit-Policy"] = f'"{rate.name}";q={rate.per_minute};w={WINDOW_S:.0f}'
        answer.headers["RateLimit"] = f'"{rate.name}";r={left};t={seconds}'
    return answer


def _limits() -> RateLimits:
    return cast("RateLimits", current_app.extensions[_LIMITS])
