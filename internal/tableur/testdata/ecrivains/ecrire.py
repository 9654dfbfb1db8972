# Writes cas.json as workbooks with openpyxl and XlsxWriter.
import datetime, json, os
import openpyxl, xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

here = os.path.dirname(os.path.abspath(__file__))
cas = json.load(open(os.path.join(here, "cas.json"), encoding="utf-8"))
titles, fields = ["Cas", "Code", "Poste", "Début", "Groupe"], ["code", "poste", "debut", "groupe"]


def day(s):
    return datetime.datetime.fromisoformat(s) if "T" in s else datetime.date.fromisoformat(s)


def with_openpyxl(name, iso=False, old=False):
    book = openpyxl.Workbook()
    book.iso_dates = iso
    if old:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "Contrats"
    sheet.append(titles)
    for k, c in enumerate(cas, 2):
        sheet.cell(k, 1, c["cas"])
        for i, f in enumerate(fields, 2):
            if f not in c:
                continue
            of, cell = c[f], sheet.cell(k, i)
            if "formule" in of:
                cell.value = "=" + of["formule"]
            elif "jour" in of:
                cell.value = day(of["jour"])
            elif "erreur" in of:
                cell.value, cell.data_type = of["erreur"], "e"
            elif "riche" in of:
                cell.value = "".join(of["riche"])
            else:
                cell.value = of.get("texte", of.get("nombre", of.get("booleen")))
                if "texte" in of:
                    cell.data_type = "s"
            if "format" in of:
                cell.number_format = of["format"]
        if c.get("cachee"):
            sheet.row_dimensions[k].hidden = True
        if "fusion" in c:
            sheet.merge_cells(start_row=k, end_row=k + c["fusion"] - 1, start_column=5, end_column=5)
    book.save(os.path.join(here, name + ".xlsx"))


def with_xlsxwriter(name, options):
    book = xlsxwriter.Workbook(os.path.join(here, name + ".xlsx"), options)
    sheet = book.add_worksheet("Contrats")
    sheet.write_row(0, 0, titles)
    bold = book.add_format({"bold": True})
    for k, c in enumerate(cas, 1):
        sheet.write_string(k, 0, c["cas"])
        for i, f in enumerate(fields, 1):
            if f not in c:
                continue
            of = c[f]
            style = book.add_format({"num_format": of["format"]}) if "format" in of else None
            if "fusion" in c and f == "groupe":
                sheet.merge_range(k, i, k + c["fusion"] - 1, i, of["texte"])
            elif "formule" in of:
                sheet.write_formula(k, i, "=" + of["formule"], style, of.get("texte", 0))
            elif "jour" in of:
                sheet.write_datetime(k, i, day(of["jour"]), style)
            elif "erreur" in of:
                sheet.write_formula(k, i, "=NA()", style, of["erreur"])
            elif "riche" in of:
                sheet.write_rich_string(k, i, of["riche"][0], bold, of["riche"][1])
            elif "texte" in of:
                sheet.write_string(k, i, of["texte"], style)
            elif "booleen" in of:
                sheet.write_boolean(k, i, of["booleen"])
            else:
                sheet.write_number(k, i, of["nombre"], style)
        if c.get("cachee"):
            sheet.set_row(k, None, None, {"hidden": True})
    book.close()


with_openpyxl("openpyxl")
with_openpyxl("openpyxl-1904", old=True)
with_openpyxl("openpyxl-iso-1904", iso=True, old=True)
with_xlsxwriter("xlsxwriter", {})
with_xlsxwriter("xlsxwriter-1904", {"date_1904": True})
with_xlsxwriter("xlsxwriter-flux", {"constant_memory": True})
