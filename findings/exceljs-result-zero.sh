#!/usr/bin/env bash
# Package: exceljs 4.4.0 (npm).
# Behaviour: cell.value of a formula is {formula, result}, as its documentation says, but where the saved result
#   is 0, FALSE or an empty text "result" is left out, as for a formula that nobody has ever calculated. A program that
#   reads cell.value.result takes a calculated zero for a missing amount, and one that copies cells
#   (to.value = from.value) writes a file with the formula and no value. cell.result has it all the while.
# Output seen:
#   formula  cell.result  cell.value                     copied
#   1-1      0            {"formula":"1-1"}              (no value)
#   1=2      false        {"formula":"1=2"}              (no value)
#   1+1      2            {"formula":"1+1","result":2}   <v>2</v>
# Exits non-zero if that changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 2>/dev/null

cat >copy.js <<'PROGRAM'
const { Workbook } = require("exceljs");
const JSZip = require("jszip"); // a dependency of exceljs

(async () => {
  const cells = [["1-1", 0], ["1=2", false], ["1+1", 2]];
  const book = new Workbook();
  const sheet = book.addWorksheet("Montants");
  for (const [formula, result] of cells) sheet.addRow([{ formula, result }]);

  const read = new Workbook();
  await read.xlsx.load(await book.xlsx.writeBuffer());
  const from = read.worksheets[0];
  const copy = new Workbook();
  const to = copy.addWorksheet("Copie");
  cells.forEach((_, i) => { to.getCell(i + 1, 1).value = from.getCell(i + 1, 1).value; });
  const xml = await (await JSZip.loadAsync(await copy.xlsx.writeBuffer())).file("xl/worksheets/sheet1.xml").async("string");
  const copied = [...xml.matchAll(/<c [^>]*>(.*?)<\/c>/g)].map((cell) => /<v>.*?<\/v>/.exec(cell[1])?.[0] ?? "(no value)");

  console.log("formula  cell.result  cell.value                     copied");
  cells.forEach(([formula], i) => {
    const cell = from.getCell(i + 1, 1);
    console.log(formula.padEnd(8), String(cell.result).padEnd(12), JSON.stringify(cell.value).padEnd(30), copied[i]);
  });
})();
PROGRAM
node copy.js | tee seen
diff seen - <<'SEEN'
formula  cell.result  cell.value                     copied
1-1      0            {"formula":"1-1"}              (no value)
1=2      false        {"formula":"1=2"}              (no value)
1+1      2            {"formula":"1+1","result":2}   <v>2</v>
SEEN
