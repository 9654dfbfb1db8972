#!/usr/bin/env bash
# Package: caddy v2.11.9 (Go proxy); 2.6.2-5 (Debian 12) leaves the tag alone.
# Behaviour: with `encode gzip` in front of reverse_proxy, the ETag of a compressed answer gets "-gzip" behind it. Sent back as
#   If-None-Match it is taken off again before the server behind sees it; sent back as If-Match it is not. Whoever reads
#   a thing through it and changes it with the tag that was read is answered 412, every time, though nobody was there before.
#   A server behind has to know the suffix, or to send Cache-Control: no-transform, with which Caddy compresses nothing.
# Output seen:
#   the client reads "v1-gzip"
#   If-None-Match behind "v1"
#   If-Match behind "v1-gzip"
#   the change 412
#   with no-transform reads "v1"
# Exits non-zero if that changes.
set -euo pipefail
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
CGO_ENABLED=0 GOBIN=$work go install github.com/caddyserver/caddy/v2/cmd/caddy@v2.11.9
cd "$work"

cat >behind.py <<'PROGRAM'
import http.server, sys

class Behind(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if tag := self.headers.get("If-None-Match"):
            print("If-None-Match behind    ", tag, file=sys.stderr, flush=True)
        kept = {"Cache_Control": "no-transform"} if self.path == "/kept" else {}
        self.answer(200, b'{"x":"' + b"a" * 4000 + b'"}', Content_Type="application/json", ETag='"v1"', **kept)

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        tag = self.headers["If-Match"]
        print("If-Match behind         ", tag, file=sys.stderr, flush=True)
        self.answer(200 if tag == '"v1"' else 412)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Behind)
print(server.server_address[1], flush=True)
server.serve_forever()
PROGRAM
python3 behind.py >behind 2>seen.behind &
pids+=($!)
while [[ ! -s behind ]]; do sleep 0.1; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >Caddyfile <<CONF
{
	admin off
	auto_https off
}
http://127.0.0.1:$port {
	encode gzip
	reverse_proxy 127.0.0.1:$(cat behind)
}
CONF
HOME=$work XDG_DATA_HOME=$work XDG_CONFIG_HOME=$work ./caddy run --adapter caddyfile --config Caddyfile 2>log &
pids+=($!)
for _ in $(seq 100); do curl -s -m 5 -o /dev/null "http://127.0.0.1:$port/" && break; sleep 0.1; done

read_tag() { curl -s -m 5 -D- -o /dev/null -H 'Accept-Encoding: gzip' "http://127.0.0.1:$port$1" | tr -d '\r' | sed -n 's/^ETag: //Ip'; }
tag=$(read_tag /)
curl -s -m 5 -o /dev/null -H 'Accept-Encoding: gzip' -H "If-None-Match: $tag" "http://127.0.0.1:$port/"
change=$(curl -s -m 5 -o /dev/null -w '%{http_code}' -X PUT -H 'Accept-Encoding: gzip' -H "If-Match: $tag" --data x "http://127.0.0.1:$port/")
{
	echo "the client reads         $tag"
	cat seen.behind
	echo "the change               $change"
	echo "with no-transform reads  $(read_tag /kept)"
} | tr -s " " | tee seen
diff seen - <<'SEEN'
the client reads "v1-gzip"
If-None-Match behind "v1"
If-Match behind "v1-gzip"
the change 412
with no-transform reads "v1"
SEEN
