"""Runs a program on a terminal of its own and answers each of its prompts with the same passphrase.

usage: passphrase.py PASSPHRASE PROGRAM [ARGUMENT...]
"""

import os
import pty
import sys

passphrase, command = sys.argv[1], sys.argv[2:]
process, terminal = pty.fork()
if process == 0:
    os.execvp(command[0], command)

shown = b""
while True:
    try:
        read = os.read(terminal, 1024)
    except OSError:  # the program closed its end
        break
    if not read:
        break
    shown += read
    if shown.rstrip(b" ").endswith(b":"):
        os.write(terminal, passphrase.encode() + b"\n")
        shown = b""

status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
if status != 0:
    sys.stderr.write(shown.decode(errors="replace"))
sys.exit(status)
