#!/usr/bin/env bash
# A newcomer's first hour, as commands that work: `bash examples/first-hour.sh`. It uses a folder of its own
# and ports that are free, cleans up behind itself, and stops at the first thing that is not as it says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

hour=$(mktemp -d)
running=()
trap 'for pid in ${running[@]+"${running[@]}"}; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$hour"' EXIT

plimsoll() { node packages/cli/bin/plimsoll.js "$@"; }
step() { printf '\n── %s\n' "$1"; }
# Waits until a command succeeds, quietly; some minutes at most, however slow the machine is.
soon() {
  for _ in $(seq 1500); do
    if "$@" >/dev/null 2>&1; then return; fi
    for pid in "${running[@]}"; do kill -0 "$pid" 2>/dev/null || break 2; done
    sleep 0.2
  done
  echo "not in time, or its program ended: $*" >&2
  cat "$hour"/*.log >&2
  exit 1
}
# The first address in a log that ends before these words.
url() { sed -n "s|.*\(http://[^/]*\)$2.*|\1|p" "$1" | head -n 1; }
priced() { curl -fsS "$market/v1/underlyings/BTC" | grep -q '"status":"ok"'; }
# The value at a path of a JSON document: `field .network.name`.
field() { node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>console.log(eval("JSON.parse(t)"+process.argv[1])))' "$1"; }

step '1. A whole market on this machine: a node, publishers, market makers, traders, and a crash'
plimsoll demo --data "$hour/market" --port 0 --for "${FIRST_HOUR_SECONDS:-30}" --speed 20 >"$hour/market.log" 2>&1 &
demo=$!
running+=("$demo")
soon grep -q '/docs' "$hour/market.log"
market=$(url "$hour/market.log" /docs)
soon curl -fsS "$market/readyz"
echo "look at it while it runs: $market/ and $market/docs"

step '2. What it is, and what it knows'
curl -fsS "$market/v1/network" | field .domain.name
soon priced
curl -fsS "$market/v1/markets" | field '.markets.map(m => m.name).join(" ")'
echo 'the price of bitcoin, with who says so:'
curl -fsS "$market/v1/underlyings/BTC" | head -c 600
echo

step '3. A request that is wrong gets its reason, and what to do'
curl -sS "$market/v1/markets/DOGE-PERP" | field .detail
curl -sS -X POST "$market/v1/commands" -H 'content-type: application/json' -d '{"account":1}' | field .detail

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
plimsoll demo --data "$hour/market" --port 0 --for 3 >"$hour/again.log" 2>&1
after=$(plimsoll inspect "$hour/market" | awk '/blocks/ { print $NF }')
echo "block $before before, block $after now"
test "$after" -gt "$before"

step '7. A node for programs of your own: two markets with prices, and keys that are worthless'
node --import tsx examples/devNode.ts 0 >"$hour/node.log" 2>&1 &
running+=("$!")
soon grep -q 'The node is at' "$hour/node.log"
node=$(url "$hour/node.log" ';')
for program in fund preview trade quoteAndRequote agentKey watchLiquidation proveBalance readParameters; do
  printf '\n$ node --import tsx examples/%s.ts\n' "$program"
  node --import tsx "examples/$program.ts" "$node"
done

step '8. What one account must hold, part by part, without any node'
plimsoll margin examples/portfolio.json | head -n 8

step 'That was the first hour. Next: docs/ARCHITECTURE.md, docs/spec/, docs/operating.md'
