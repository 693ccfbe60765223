"""The least that a FastAPI server does: one route, 1 KiB."""
from fastapi import FastAPI, Response

app = FastAPI()
greeting = b"." * 1024


@app.get("/hello")
async def hello() -> Response:
    return Response(greeting, media_type="application/octet-stream")
