#!/bin/sh
# Writes cas.json anew with every writer. Needs node, and Debian's python3-openpyxl
# (3.0.9), python3-xlsxwriter (3.0.2), libreoffice-calc (7.4) and gnumeric (1.12).
# The workbooks are kept, so that the tests need none of them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm init -y >/dev/null && npm install --silent exceljs@4.4.0 xlsx@0.18.5 @e965/xlsx@0.20.3 xlsx-populate@1.21.0)
for kind in exceljs exceljs-local exceljs-flux sheetjs-018 sheetjs-018-partage sheetjs-018-iso sheetjs-020 xlsx-populate; do
	TZ=Europe/Paris node "$here/ecrire.js" "$work" "$kind"
done
TZ=America/Martinique node "$here/ecrire.js" "$work" sheetjs-018-martinique
/usr/bin/python3 "$here/ecrire.py"
soffice --headless --convert-to xlsx --outdir "$work" "$here/openpyxl.xlsx" >/dev/null
mv "$work/openpyxl.xlsx" "$here/libreoffice.xlsx"
ssconvert "$here/openpyxl.xlsx" "$here/gnumeric.xlsx" >/dev/null 2>&1
