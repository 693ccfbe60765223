#!/usr/bin/env python3
"""A relay before a gateway that kills its client at a deposit: before the gateway gets it, or once the gateway has answered it.

    relay.py PORT GATEWAY_PORT (before|after) PIDFILE

Kills once, by the number in the file, and is an honest relay from then on. Prints a line when it listens.
"""
import os
import signal
import socket
import sys
import threading

CALL = b"POST /v1/deposits "
port, gateway, moment, pidfile = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
armed = threading.Lock()


def kill():
    with open(pidfile) as file:
        os.kill(int(file.read()), signal.SIGKILL)


def pass_on(source, sink, look):
    try:
        while data := source.recv(1 << 16):
            if not look(data):
                break
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    server = socket.create_connection(("127.0.0.1", gateway))
    seen = {"tail": b"", "deposit": False}

    def question(data):
        tail = seen["tail"] + data
        seen["tail"] = tail[-len(CALL):]
        if CALL in tail and armed.acquire(blocking=False):
            if moment == "before":
                kill()
                return False
            seen["deposit"] = True
        return True

    def answer(_):
        if seen["deposit"]:
            kill()
        return not seen["deposit"]

    threading.Thread(target=pass_on, args=(client, server, question), daemon=True).start()
    threading.Thread(target=pass_on, args=(server, client, answer), daemon=True).start()


listener = socket.create_server(("127.0.0.1", port))
print("listening", flush=True)
while True:
    serve(listener.accept()[0])
