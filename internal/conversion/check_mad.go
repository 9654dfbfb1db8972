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
	c := &compta.Collector{Limit: o.Limite}
	lines, entries := 0, 0
	var debit, credit compta.Total
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		entries++
		first := lines + 1
		if _, ok := isoDay(e.Date); !ok {
			c.Add(ruleMADDate, compta.Finding{Line: first, Field: "date"}, "Écriture %d : date attendue, sous la forme AAAA-MM-JJ.", entries)
		}
		if e.Journal.CustomerReferenceCode == "" {
			c.Add(ruleMADJournal, compta.Finding{Line: first, Field: "journal.customerReferenceCode"}, "Écriture %d : le code du journal manque.", entries)
		}
		var sum compta.Total
		for i := range e.Movements {
			lines++
			m := &e.Movements[i]
			if m.Account == nil || text(m.Account.Number) == "" {
				c.Add(ruleMADAccount, compta.Finding{Line: lines, Field: "account.number"}, "Écriture %d, mouvement %d : le numéro de compte manque.", entries, i+1)
			}
			debit.Add(compta.Montant(m.Value.Debit))
			credit.Add(compta.Montant(m.Value.Credit))
			sum.Add(compta.Montant(m.Value.Debit))
			sum.Add(-compta.Montant(m.Value.Credit))
		}
		if !sum.IsZero() {
			c.Add(ruleMADBalance, compta.Finding{Line: first, Field: "value"}, "Écriture %d : elle n’est pas équilibrée : débit moins crédit = %s.", entries, sum)
		}
	}
	if entries == 0 {
		c.Add(ruleMADEmpty, compta.Finding{}, "Le document ne contient aucune écriture (data.entries).")
	}
	out := c.Report()
	out.Lines, out.Encoding = lines, "utf-8"
	out.Records = map[string]int{"lignes": lines, "ecritures": entries, "journaux": len(r.Document().Data.Journals), "comptes": len(r.Document().Data.Accounts)}
	out.Debit, out.Credit = debit.String(), credit.String()
	return &out, nil
}
