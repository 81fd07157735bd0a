#!/bin/sh
# The smallest agent: reads what was written to it on stdin, and prints what it answers.
#   runtime: { type: "command", command: ["/path/to/examples/answer.sh"] }
set -eu

prompt="$(cat)"

case "$prompt" in
  *[Tt]ime*) echo "It is $(date +%H:%M)." ;;
  *"[attachment: "*) echo "Thank you for the file." ;;
  # No output is no answer.
  *[Tt]hanks*) ;;
  *) echo "$GATEWAY_SENDER wrote ${#prompt} characters." ;;
esac
