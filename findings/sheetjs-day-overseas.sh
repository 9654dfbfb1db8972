#!/usr/bin/env bash
# Package: xlsx (SheetJS) 0.18.5, the newest that npm has.
# Behaviour: a Date of local midnight, put in a sheet by aoa_to_sheet, is written as another
#   moment: off by the seconds by which the zone's local mean time of before 1911 or so misses whole
#   minutes. In Cayenne and Fort-de-France that leads to the day before, at 23:59:40, which is what Excel
#   shows; in Paris and Nouméa to seconds after midnight. Read again with cellDates in
#   Cayenne, Fort-de-France and Nouméa, the day has changed. Only in UTC nothing happens, so that it passes most CI.
# Output seen:
#   UTC                  01/09/2026 00:00:00  Tue Sep 01 2026
#   Europe/Paris         01/09/2026 00:00:21  Tue Sep 01 2026
#   America/Cayenne      31/08/2026 23:59:40  Mon Aug 31 2026
#   America/Martinique   31/08/2026 23:59:40  Mon Aug 31 2026
#   Pacific/Noumea       01/09/2026 00:00:48  Mon Aug 31 2026
# Exits non-zero if that changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5

cat >write.js <<'PROGRAM'
const XLSX = require("xlsx");
const day = new Date(2026, 8, 1); // 1 September 2026, midnight here
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([["Début"], [day]]), "Contrats");
const file = XLSX.write(book, { type: "buffer", bookType: "xlsx" });
const written = XLSX.read(file).Sheets.Contrats.A2.v; // the number in the file, as Excel has it
const read = XLSX.read(file, { cellDates: true }).Sheets.Contrats.A2.v;
console.log(process.env.TZ.padEnd(20), XLSX.SSF.format("dd/mm/yyyy hh:mm:ss", written), "", read.toDateString());
PROGRAM
for zone in UTC Europe/Paris America/Cayenne America/Martinique Pacific/Noumea; do
	TZ=$zone node write.js
done | tee seen
diff seen - <<'SEEN'
UTC                  01/09/2026 00:00:00  Tue Sep 01 2026
Europe/Paris         01/09/2026 00:00:21  Tue Sep 01 2026
America/Cayenne      31/08/2026 23:59:40  Mon Aug 31 2026
America/Martinique   31/08/2026 23:59:40  Mon Aug 31 2026
Pacific/Noumea       01/09/2026 00:00:48  Mon Aug 31 2026
SEEN
