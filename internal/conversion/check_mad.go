package conversion

import (
	"errors"
	"io"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/mad"
)

// The rules of a MAD document: the few without which its entries mean nothing.
var (
	ruleMADDate    = &compta.Rule{Code: "date", Severity: compta.SeverityError}
	ruleMADAccount = &compta.Rule{Code: "compte-manquant", Severity: compta.SeverityError}
	ruleMADJournal = &compta.Rule{Code: "journal-manquant", Severity: compta.SeverityError}
	ruleMADBalance = &compta.Rule{Code: "equilibre-ecriture", Severity: compta.SeverityError}
	ruleMADEmpty   = &compta.Rule{Code: "sans-ligne", Severity: compta.SeverityError}
)

// CheckMAD checks a document. Line is the rank of the movement.
func CheckMAD(src io.Reader, o Options) (*compta.Report, error) {
	r := mad.NewReader(src)
	c := newMADChecker(o)
	e := &mad.Entry{}
	for {
		err := r.Read(e)
		if errors.Is(err, io.EOF) {
			return c.report(r.Document()), nil
		}
		if err != nil {
			return nil, err
		}
		c.entry(e)
	}
}

// madChecker checks entries as they are read.
type madChecker struct {
	out            compta.Collector
	lines, entries int
	debit, credit  compta.Total
}

func newMADChecker(o Options) *madChecker {
	return &madChecker{out: compta.Collector{Limit: o.Limite}}
}

func (c *madChecker) entry(e *mad.Entry) {
	c.entries++
	first := c.lines + 1
	if _, ok := isoDay(e.Date); !ok {
		c.out.Add(ruleMADDate, compta.Finding{Line: first, Field: "date"}, "Écriture %d : date attendue, sous la forme AAAA-MM-JJ.", c.entries)
	}
	if e.Journal.CustomerReferenceCode == "" {
		c.out.Add(ruleMADJournal, compta.Finding{Line: first, Field: "journal.customerReferenceCode"}, "Écriture %d : le code du journal manque.", c.entries)
	}
	var sum compta.Total
	for i := range e.Movements {
		c.lines++
		m := &e.Movements[i]
		if m.Account == nil || text(m.Account.Number) == "" {
			c.out.Add(ruleMADAccount, compta.Finding{Line: c.lines, Field: "account.number"}, "Écriture %d, mouvement %d : le numéro de compte manque.", c.entries, i+1)
		}
		c.debit.Add(compta.Montant(m.Value.Debit))
		c.credit.Add(compta.Montant(m.Value.Credit))
		sum.Add(compta.Montant(m.Value.Debit))
		sum.Add(-compta.Montant(m.Value.Credit))
	}
	if !sum.IsZero() {
		c.out.Add(ruleMADBalance, compta.Finding{Line: first, Field: "value"}, "Écriture %d : elle n’est pas équilibrée : débit moins crédit = %s.", c.entries, sum)
	}
}

func (c *madChecker) report(d *mad.Document) *compta.Report {
	if c.entries == 0 {
		c.out.Add(ruleMADEmpty, compta.Finding{}, "Le document ne contient aucune écriture (data.entries).")
	}
	out := c.out.Report()
	out.Lines, out.Encoding = c.lines, "utf-8"
	out.Records = map[string]int{"lignes": c.lines, "ecritures": c.entries, "journaux": len(d.Data.Journals), "comptes": len(d.Data.Accounts)}
	out.Debit, out.Credit = c.debit.String(), c.credit.String()
	return &out
}
