#!/usr/bin/env bash
# Stands in for a command that is not here, or that must not really run: az, azd, npm, sleep. Hands its name, folder,
# arguments and environment to the tests, at the port in STAND_IN_PORT, and does what they answer.
exec 3<> "/dev/tcp/127.0.0.1/$STAND_IN_PORT" || exit 97
{
  printf '%s\0' "${0##*/}" "$PWD" "$#" "$@"
  for name in $(compgen -e); do printf '%s=%s\0' "$name" "${!name}"; done
  printf '\0'
} >&3
IFS=' ' read -r code lines <&3 || exit 98
while [ "$lines" -gt 0 ]; do
  IFS= read -r line <&3
  printf '%s\n' "$line" >&2
  lines=$((lines - 1))
done
cat <&3
exit "$code"
