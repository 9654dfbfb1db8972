#!/usr/bin/env bash
# Package: helm v3.18.6 (Go proxy: helm.sh/helm/v3/cmd/helm).
# Behaviour: one and the same number is written in two ways, by how it was given. With --set it is an integer
#   and stays as it is; from a values file, and with --set-json, it is floating-point, and from 1,000,000 on it is written in
#   scientific notation, in quotes too: a size in bytes, a tag of an image that is a date, an account number. A chart that was tried
#   with --set is wrong once somebody keeps the same value in a file.
# Output seen:
#   --set       bytes: "268435456" tag: "20261128"
#   file        bytes: "2.68435456e+08" tag: "2.0261128e+07"
#   --set-json  bytes: "2.68435456e+08" tag: "2.0261128e+07"
# Exits non-zero if that changes.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
GOBIN=$work/bin CGO_ENABLED=0 go install helm.sh/helm/v3/cmd/helm@v3.18.6

mkdir -p chart/templates
printf 'apiVersion: v2\nname: chart\nversion: 0.1.0\n' >chart/Chart.yaml
printf 'bytes: {{ .Values.bytes | quote }}\ntag: {{ .Values.tag | quote }}\n' >chart/templates/settings.yaml
printf 'bytes: 268435456\ntag: 20261128\n' >values.yaml

render() { bin/helm template chart "${@:2}" | sed -n '/^bytes/,$p' | paste -sd' ' | sed "s/^/$(printf '%-12s' "$1")/"; }
{
	render --set --set bytes=268435456,tag=20261128
	render file -f values.yaml
	render --set-json --set-json bytes=268435456 --set-json tag=20261128
} | tee seen
diff seen - <<'SEEN'
--set       bytes: "268435456" tag: "20261128"
file        bytes: "2.68435456e+08" tag: "2.0261128e+07"
--set-json  bytes: "2.68435456e+08" tag: "2.0261128e+07"
SEEN
