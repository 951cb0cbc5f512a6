#!/usr/bin/env bash
# A newcomer's first hour, as commands that work: `bash examples/first-hour.sh`. It uses a folder and ports
# of its own, cleans up behind itself, and stops at the first thing that is not as it says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

hour=$(mktemp -d)
market=${FIRST_HOUR_PORT:-7431}
node=$((market + 1))
running=()
trap 'for pid in ${running[@]+"${running[@]}"}; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$hour"' EXIT

plimsoll() { node packages/cli/bin/plimsoll.js "$@"; }
step() { printf '\n── %s\n' "$1"; }
# Waits until a node says that it is ready.
ready() {
  for _ in $(seq 300); do
    if curl -fsS "http://127.0.0.1:$1/readyz" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  echo "the node at port $1 did not become ready" >&2
  exit 1
}
# Waits until a program has printed a line with these words.
said() {
  for _ in $(seq 300); do
    if grep -q "$2" "$1"; then return; fi
    sleep 0.2
  done
  echo "nothing said \"$2\":" >&2
  cat "$1" >&2
  exit 1
}
# The value at a path of a JSON document: `field .network.name`.
field() { node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>console.log(eval("JSON.parse(t)"+process.argv[1])))' "$1"; }

step '1. A whole market on this machine: a node, publishers, market makers, traders, and a crash'
plimsoll demo --data "$hour/market" --port "$market" --for "${FIRST_HOUR_SECONDS:-30}" --speed 20 >"$hour/market.log" 2>&1 &
demo=$!
running+=("$demo")
ready "$market"
echo "look at it while it runs: http://127.0.0.1:$market/ and http://127.0.0.1:$market/docs"

step '2. What it is, and what it knows'
curl -fsS "http://127.0.0.1:$market/v1/network" | field .domain.name
until curl -fsS "http://127.0.0.1:$market/v1/underlyings/BTC" 2>/dev/null | grep -q '"status":"ok"'; do sleep 0.5; done
curl -fsS "http://127.0.0.1:$market/v1/markets" | field '.markets.map(m => m.name).join(" ")'
echo 'the price of bitcoin, with who says so:'
curl -fsS "http://127.0.0.1:$market/v1/underlyings/BTC" | head -c 600
echo

step '3. A request that is wrong gets its reason, and what to do'
curl -sS "http://127.0.0.1:$market/v1/markets/DOGE-PERP" | field .detail
curl -sS -X POST "http://127.0.0.1:$market/v1/commands" -H 'content-type: application/json' -d '{"account":1}' | field .detail

step '4. The market ends by itself; its store tells what happened'
wait "$demo"
running=()
tail -n 1 "$hour/market.log"
plimsoll inspect "$hour/market"
plimsoll inspect "$hour/market" account 1

step '5. Everything in the store is opened again, every signature and every root, and then backed up'
plimsoll verify "$hour/market" --signatures --quiet
plimsoll backup "$hour/market" "$hour/backup"
plimsoll restore "$hour/backup" "$hour/restored"
plimsoll verify "$hour/restored" --quiet | tail -n 1

step '6. A second start goes on from the store'
before=$(plimsoll inspect "$hour/market" | awk '/blocks/ { print $NF }')
plimsoll demo --data "$hour/market" --port "$market" --for 6 >"$hour/again.log" 2>&1
after=$(plimsoll inspect "$hour/market" | awk '/blocks/ { print $NF }')
echo "block $before before, block $after now"
test "$after" -gt "$before"

step '7. A node for programs of your own: two markets with prices, and keys that are worthless'
node --import tsx examples/devNode.ts "$node" >"$hour/node.log" 2>&1 &
running+=("$!")
said "$hour/node.log" 'The node is at'
for program in fund preview trade quoteAndRequote agentKey watchLiquidation proveBalance readParameters; do
  printf '\n$ node --import tsx examples/%s.ts\n' "$program"
  node --import tsx "examples/$program.ts" "http://127.0.0.1:$node"
done

step '8. What one account must hold, part by part, without any node'
plimsoll margin examples/portfolio.json | head -n 8

step 'That was the first hour. Next: docs/ARCHITECTURE.md, docs/spec/, docs/operating.md'
