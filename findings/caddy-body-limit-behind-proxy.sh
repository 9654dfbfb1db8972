#!/usr/bin/env bash
# Package: caddy 2.6.2-5 (Debian 12); 2.11.9 (Go proxy) does it right.
# Behaviour: request_body max_size, in front of reverse_proxy, lets the request in and fails while the body is
#   passed on. The log has the error "HTTP 413: http: request body too large", and the client is answered 502, with an empty body: for it the server
#   behind is away, and it sends the same body again, and again. A handle_errors block that looks for
#   "body too large" in {http.error.message} gives the 413.
# Output seen:
#   within the limit      200
#   over it               502
#   over it, mended       413
# Exits non-zero if that changes.
set -euo pipefail
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq caddy=2.6.2-5 >/dev/null
dpkg-deb -x caddy_*.deb .

cat >behind.py <<'PROGRAM'
import http.server, sys

class Behind(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Behind)
print(server.server_address[1], flush=True)
server.serve_forever()
PROGRAM
python3 behind.py >behind 2>/dev/null &
pids+=($!)
while [[ ! -s behind ]]; do sleep 0.1; done
read -r plain mended < <(python3 -c '
import socket
a, b = socket.socket(), socket.socket()
a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
cat >Caddyfile <<CONF
{
	admin off
	auto_https off
}
(hub) {
	request_body {
		max_size 1MB
	}
	reverse_proxy 127.0.0.1:$(cat behind)
}
http://127.0.0.1:$plain {
	import hub
}
http://127.0.0.1:$mended {
	import hub
	handle_errors {
		@large expression \`{http.error.message}.contains("body too large")\`
		respond @large 413
	}
}
CONF
HOME=$work XDG_DATA_HOME=$work XDG_CONFIG_HOME=$work usr/bin/caddy run --adapter caddyfile --config Caddyfile 2>log &
pids+=($!)
for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$plain" && break; sleep 0.1; done

head -c 1000 /dev/zero >small
head -c 3000000 /dev/zero >large
post() { printf '%-21s ' "$1"; curl -s -o /dev/null -w '%{http_code}\n' -H 'Content-Type: application/json' --data-binary "@$2" "http://127.0.0.1:$3" || true; }
{
	post "within the limit" small "$plain"
	post "over it" large "$plain"
	post "over it, mended" large "$mended"
} | tee seen
diff seen - <<'SEEN'
within the limit      200
over it               502
over it, mended       413
SEEN
