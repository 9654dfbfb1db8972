#!/usr/bin/env bash
# Package: xlsx2csv 1:0.7.8-1 (Debian 12); the workbook is made by openpyxl 3.0.9-1 (Debian 12).
# Behaviour: three cells hold the same day, 1 September 2026, and show it in French in a French Excel: with the default short date
#   (number format 14, which is that of the reader's country), with dd/mm/yyyy, and with the French long date. The CSV has the
#   first one month first with two digits for the year, the second one day first, and the third one in English, [$-40C] or not. Whoever makes
#   a CSV of an office's workbook with it gets, in one row, 9 January beside 1 September.
# Output seen:
#   09-01-26,01/09/2026,01 September 2026
# Exits non-zero if that changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -qq xlsx2csv=1:0.7.8-1 python3-openpyxl=3.0.9-1 python3-et-xmlfile >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" .; done
PYTHONPATH=$work/usr/lib/python3/dist-packages /usr/bin/python3 - <<'PROGRAM'
import datetime
import openpyxl

book = openpyxl.Workbook()
sheet = book.active
sheet.append([datetime.date(2026, 9, 1)] * 3)
for cell, shown in zip(sheet[1], ("mm-dd-yy", "dd/mm/yyyy", "[$-40C]d mmmm yyyy;@")):  # the first is what number format 14 is called
    cell.number_format = shown
book.save("contrats.xlsx")
PROGRAM
/usr/bin/python3 usr/bin/xlsx2csv contrats.xlsx | tr -d '\r' | tee seen
diff seen - <<'SEEN'
09-01-26,01/09/2026,01 September 2026
SEEN
