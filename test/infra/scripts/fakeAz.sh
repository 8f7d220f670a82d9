#!/usr/bin/env bash
# Stands in for the Azure CLI. Scripts call it some hundred times, and to start Node is most of what that takes: so the answer
# comes from the process of the tests, which listens on FAKE_AZ_PORT (azStandIn.ts).
if [ "$1" = bicep ]; then exec "$0-bicep" "${@:2}"; fi
exec 3<>"/dev/tcp/127.0.0.1/$FAKE_AZ_PORT" || exit 70
printf '%s\0' "$#" "${AIRLOCK_SUBSCRIBE-unset}" "${AIRLOCK_SUBSCRIBE_NOW-unset}" "$@" >&3
IFS= read -r -d '' code <&3
IFS= read -r -d '' out <&3
IFS= read -r -d '' err <&3
printf %s "$out"
printf %s "$err" >&2
exit "$code"
