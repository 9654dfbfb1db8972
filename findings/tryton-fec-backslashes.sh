#!/usr/bin/env bash
# Package: tryton-modules-account-fr 6.0.1-1 with tryton-server 6.0.29-2+deb12u4 (Debian 12), the FEC of the accounting of Tryton.
# Behaviour: the file is written with a backslash before each quote and each backslash of a name or label. A FEC has no such
#   sign (article A. 47 A-1 of the LPF: a separator, and nothing that stands for another): every reader takes the backslashes for
#   part of the name, so that « SARL "Le Fournil" » is another third party than in last year's file from another program.
# Output seen:
#   CompAuxLib  SARL \"Le Fournil\"
#   EcritureLib Avoir 2025\\12
# Exits non-zero if that changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get install --no-install-recommends --download-only -y -qq -o Dir::Cache::archives="$work" tryton-modules-account-fr=6.0.1-1 tryton-proteus >apt 2>&1 || { cat apt; exit 1; }
for package in *.deb; do dpkg-deb -x "$package" .; done

cat >fec.py <<'PROGRAM'
import csv
import datetime
import io
from decimal import Decimal

from proteus import Model, Wizard
from trytond.modules.account.tests.tools import create_fiscalyear
from trytond.modules.account_fr.tests.tools import create_chart, get_accounts
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.tests.tools import activate_modules

activate_modules("account_fr")
create_company()
company = get_company()
year = create_fiscalyear(company, today=datetime.date(2026, 1, 1))
year.click("create_period")
create_chart(company)
accounts = get_accounts(company)
party = Model.get("party.party")(name='SARL "Le Fournil"')
party.save()
journal, = Model.get("account.journal").find([("code", "=", "REV")])
period = year.periods[0]
move = Model.get("account.move")(period=period, journal=journal, date=period.start_date, description="Avoir 2025\\12")
revenue = move.lines.new()
revenue.account, revenue.credit = accounts["revenue"], Decimal(7300)
receivable = move.lines.new()
receivable.account, receivable.debit, receivable.party = accounts["receivable"], Decimal(7300), party
move.save()
move.click("post")
closing = Model.get("account.period")(name="Closing", type="adjustment", fiscalyear=year, start_date=year.end_date, end_date=year.end_date)
closing.save()
export = Wizard("account.fr.fec")
export.form.fiscalyear, export.form.deferral_period = year, closing
export.execute("generate")
for line in csv.DictReader(io.StringIO(export.form.file.decode()), delimiter="\t", quoting=csv.QUOTE_NONE):
    if line["CompAuxLib"]:
        print("CompAuxLib ", line["CompAuxLib"])
        print("EcritureLib", line["EcritureLib"])
PROGRAM
PYTHONPATH=$work/usr/lib/python3/dist-packages DB_NAME=:memory: TRYTOND_DATABASE__URI=sqlite:// /usr/bin/python3 -W ignore fec.py 2>errors | grep -v '^Unable' >seen || { cat errors; exit 1; }
cat seen
diff seen - <<'SEEN'
CompAuxLib  SARL \"Le Fournil\"
EcritureLib Avoir 2025\\12
SEEN
