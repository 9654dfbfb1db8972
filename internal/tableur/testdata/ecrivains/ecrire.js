// Writes cas.json as workbooks: node ecrire.js FOLDER, with the packages in FOLDER/node_modules.
const fs = require('fs'), path = require('path')
const dir = process.argv[2], kind = process.argv[3]
const need = name => require(path.join(dir, 'node_modules', name))
const cas = JSON.parse(fs.readFileSync(path.join(__dirname, 'cas.json')))
const titles = ['Cas', 'Code', 'Poste', 'Début', 'Groupe'], fields = ['code', 'poste', 'debut', 'groupe']
const out = name => path.join(__dirname, name + '.xlsx')
const local = s => { const [y, m, d, h, i, t] = s.split(/[-T:]/).map(Number); return new Date(y, m - 1, d, h || 0, i || 0, t || 0) }
const utc = s => new Date(s.length > 10 ? s + 'Z' : s + 'T00:00:00Z')

function exceljsValue(c, day) {
  if (c.riche) return { richText: c.riche.map(text => ({ text })) }
  if (c.formule) return c.texte === undefined ? { formula: c.formule } : { formula: c.formule, result: c.texte }
  if (c.jour) return day(c.jour)
  if (c.erreur) return { error: c.erreur }
  return c.texte ?? c.nombre ?? c.booleen
}

async function exceljs(name, day, streaming) {
  const ExcelJS = need('exceljs')
  const book = streaming ? new ExcelJS.stream.xlsx.WorkbookWriter({ filename: out(name), useStyles: true, useSharedStrings: true }) : new ExcelJS.Workbook()
  const sheet = book.addWorksheet('Contrats')
  sheet.addRow(titles)
  cas.forEach((c, k) => {
    const row = sheet.addRow([c.cas])
    fields.forEach((f, i) => {
      if (!c[f]) return
      const cell = row.getCell(i + 2)
      if (c[f].format) cell.numFmt = c[f].format
      cell.value = exceljsValue(c[f], day)
    })
    if (c.cachee) row.hidden = true
  })
  cas.forEach((c, k) => { if (c.fusion) sheet.mergeCells(k + 2, 5, k + 1 + c.fusion, 5) })
  if (streaming) { sheet.commit(); await book.commit() } else await book.xlsx.writeFile(out(name))
}

function sheetjs(name, lib, options, write) {
  const XLSX = need(lib), sheet = XLSX.utils.aoa_to_sheet([titles], {})
  sheet['!rows'] = [], sheet['!merges'] = []
  cas.forEach((c, k) => {
    XLSX.utils.sheet_add_aoa(sheet, [[c.cas]], { origin: { r: k + 1, c: 0 } })
    fields.forEach((f, i) => {
      const from = c[f], at = XLSX.utils.encode_cell({ r: k + 1, c: i + 1 })
      if (!from) return
      if (from.jour) {
        XLSX.utils.sheet_add_aoa(sheet, [[local(from.jour)]], { ...options, origin: at })
        sheet[at].z = from.format
      } else if (from.formule) sheet[at] = from.texte === undefined ? { t: 'n', f: from.formule } : { t: 's', v: from.texte, f: from.formule }
      else if (from.erreur) sheet[at] = { t: 'e', v: 42 }
      else if (from.riche) sheet[at] = { t: 's', v: from.riche.join('') }
      else {
        const v = from.texte ?? from.nombre ?? from.booleen
        sheet[at] = { t: { string: 's', number: 'n', boolean: 'b' }[typeof v], v }
        if (from.format) sheet[at].z = from.format
      }
    })
    if (c.cachee) sheet['!rows'][k + 1] = { hidden: true }
    if (c.fusion) sheet['!merges'].push({ s: { r: k + 1, c: 4 }, e: { r: k + c.fusion, c: 4 } })
  })
  sheet['!ref'] = 'A1:E' + (cas.length + 1)
  const book = XLSX.utils.book_new()
  XLSX.utils.book_append_sheet(book, sheet, 'Contrats')
  XLSX.writeFile(book, out(name), write || {})
}

async function populate() {
  const X = need('xlsx-populate'), book = await X.fromBlankAsync(), sheet = book.sheet(0).name('Contrats')
  titles.forEach((t, i) => sheet.cell(1, i + 1).value(t))
  cas.forEach((c, k) => {
    sheet.cell(k + 2, 1).value(c.cas)
    fields.forEach((f, i) => {
      const from = c[f]
      if (!from) return
      const cell = sheet.cell(k + 2, i + 2)
      if (from.formule) { cell.formula(from.formule); return }
      if (from.riche) { const r = new X.RichText(); from.riche.forEach(t => r.add(t)); cell.value(r); return }
      cell.value(from.jour ? local(from.jour) : from.texte ?? from.nombre ?? from.booleen ?? from.erreur)
      if (from.format && !from.jour) cell.style('numberFormat', from.format) // days stay without a format
    })
    if (c.cachee) sheet.row(k + 2).hidden(true)
    if (c.fusion) sheet.range(k + 2, 5, k + 1 + c.fusion, 5).merged(true)
  })
  await book.toFileAsync(out('xlsx-populate'))
}

;({
  exceljs: () => exceljs('exceljs', utc), 'exceljs-local': () => exceljs('exceljs-local', local), 'exceljs-flux': () => exceljs('exceljs-flux', utc, true),
  'sheetjs-018': () => sheetjs('sheetjs-018', 'xlsx', {}), 'sheetjs-018-partage': () => sheetjs('sheetjs-018-partage', 'xlsx', {}, { bookSST: true, compression: true }),
  'sheetjs-018-iso': () => sheetjs('sheetjs-018-iso', 'xlsx', { cellDates: true }, { cellDates: true }), 'sheetjs-018-martinique': () => sheetjs('sheetjs-018-martinique', 'xlsx', {}),
  'sheetjs-020': () => sheetjs('sheetjs-020', '@e965/xlsx', {}), 'xlsx-populate': populate,
})[kind]()
