#!/usr/bin/env bash
# Package: node-red 4.1.15 (npm; Node 18.5 or later), node "http in" with its option
#   "Do not parse the body" (skipBodyParsing), which is there for signatures of webhooks.
# Behaviour: the option holds for the literal path alone. With a URL that has a parameter
#   (/hook/:organisme), or a request whose path differs from the URL in case, which the
#   route takes all the same, the body is parsed as if the option were not set: msg.payload is an
#   object in the place of a Buffer, nothing is logged, and a signature of the raw body
#   cannot be checked any more. A trailing slash alone is allowed for.
# Output seen:
#   POST /hook            Buffer
#   POST /hook/           Buffer
#   POST /HOOK            object
#   POST /hook-of/42      object
# Exits non-zero if that changes.
set -euo pipefail
work=$(mktemp -d)
red=
trap '[[ -z $red ]] || kill "$red"; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-red@4.1.15

cat >flow.json <<'FLOW'
[{"id":"t","type":"tab","label":"t"},
 {"id":"a","type":"http in","z":"t","url":"/hook","method":"post","skipBodyParsing":true,"wires":[["f"]]},
 {"id":"b","type":"http in","z":"t","url":"/hook-of/:organisme","method":"post","skipBodyParsing":true,"wires":[["f"]]},
 {"id":"f","type":"function","z":"t","func":"msg.payload = Buffer.isBuffer(msg.payload) ? 'Buffer' : typeof msg.payload; return msg;","outputs":1,"wires":[["r"]]},
 {"id":"r","type":"http response","z":"t","wires":[]}]
FLOW
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
echo "module.exports = { uiHost: '127.0.0.1', uiPort: $port, flowFile: 'flow.json', credentialSecret: 'x', telemetry: { enabled: false } };" >settings.js
node node_modules/node-red/red.js --userDir "$work" --settings settings.js >log 2>&1 &
red=$!
for _ in $(seq 300); do grep -q 'Started flows' log && break; sleep 0.2; done

for path in /hook /hook/ /HOOK /hook-of/42; do
	printf 'POST %-16s %s\n' "$path" "$(curl -sS -H 'Content-Type: application/json' -d '{"a": 1}' "http://127.0.0.1:$port$path")"
done | tee seen
diff seen - <<'SEEN'
POST /hook            Buffer
POST /hook/           Buffer
POST /HOOK            object
POST /hook-of/42      object
SEEN
