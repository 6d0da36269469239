"""The peers on the same server: a bare ASGI app and an empty `async` FastAPI endpoint."""

from fastapi import FastAPI


async def bare(scope, receive, send):
    """The least that an ASGI app can do."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


empty = FastAPI(openapi_url=None)


@empty.api_route("/", methods=["GET", "POST"])
async def nothing() -> str:
    return "ok"
