#!/usr/bin/env python3
"""An agent in Python: reads a turn as JSON, says at once that it works, then answers each message of the turn.

runtime: { type: "command", format: "json", command: ["/path/to/examples/answer.py"] }
"""
import json
import sys

turn = json.load(sys.stdin)
messages = turn["envelopes"]


def write(line):
    # Each line is carried out as it comes, so it must not wait in a buffer.
    print(json.dumps(line), flush=True)


def answer(message):
    text = message["text"]
    words = len(text.split())
    files = len(message.get("attachments", []))
    return f"{words} words and {files} files in: {text}"


if len(messages) > 1:
    write({"say": f"{len(messages)} messages, one after the other."})

replies = [{"text": answer(message)} for message in messages]
write({"replies": replies})
