package conversion

import (
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/tra"
)

// rows writes the model as lines of TRA. It also tells what the model does not hold
// of a line that was read: what differs from the line that it would write.
type rows struct {
	of   map[string]*tra.Row
	ecrs [2]*tra.Row // of entries without their block, and with it
}

func newRows() *rows { return &rows{of: map[string]*tra.Row{}} }

// ecr returns a row of an entry with what nearly all have in common.
func (r *rows) ecr(extended bool) *tra.Row {
	row := &r.ecrs[boolInt(extended)]
	if *row != nil {
		(*row).Reset()
		return *row
	}
	*row = tra.NewRow(lECR)
	set(*row, fTypeEcriture.Name, "N", fDevise.Name, "EUR", fCode.Name, "E--")
	if extended {
		(*row).SetBlock(lECR1)
		set(*row, fANouveau.Name, "N", fTVAEncaisse.Name, "-", fEtatLettrage.Name, "RI")
	}
	(*row).Keep()
	return *row
}

// put fills a field that is blank so far.
func put(row *tra.Row, f *tra.Field, v string) {
	if v != "" {
		_ = row.SetField(f, v)
	}
}

func putDate(row *tra.Row, f *tra.Field, d compta.Date) {
	if !d.IsZero() {
		_ = row.SetDate(f, d)
	}
}

// row returns an empty row of a record.
func (r *rows) row(id string) *tra.Row {
	row := r.of[id]
	if row == nil {
		row = tra.NewRow(tra.LayoutOf(id))
		r.of[id] = row
	}
	row.Reset()
	return row
}

// set fills fields of a row; what it refuses comes back from Writer.WriteRow.
func set(row *tra.Row, pairs ...string) *tra.Row {
	for i := 0; i < len(pairs); i += 2 {
		_ = row.Set(pairs[i], pairs[i+1])
	}
	return row
}

func (r *rows) journal(j *Journal) *tra.Row {
	return set(r.row("JAL"), "CODE", j.Code, "LIBELLE", j.Nom, "NATURE", j.Nature, "COMPTE", j.Compte, "MODESAISIE", "-")
}

func (r *rows) compte(c *Compte) *tra.Row {
	return set(r.row("CGN"), "CODE", c.Numero, "LIBELLE", c.Nom, "NATURE", c.Nature, "LETTRABLE", "-", "POINTABLE", "-",
		"VENTILABLE_AXE_1", "-", "VENTILABLE_AXE_2", "-", "VENTILABLE_AXE_3", "-", "VENTILABLE_AXE_4", "-", "VENTILABLE_AXE_5", "-")
}

func (r *rows) tiers(t *Tiers) *tra.Row {
	return set(r.row("CAE"), "CODE", t.Numero, "LIBELLE", t.Nom, "NATURE", t.Nature, "LETTRABLE", "X", "COLLECTIF", t.Collectif)
}

func (r *rows) section(s *Section) *tra.Row {
	return set(r.row("SAT"), "CODE", s.Code, "LIBELLE", s.Nom, "AXE", s.Axe)
}

func (r *rows) exercice(e *Exercice, etat string) *tra.Row {
	ano, creation := "H", e.Debut
	if e.Multi {
		ano = "OAN"
	}
	if e.Clos && !e.Le.IsZero() {
		creation = e.Le
	}
	return set(r.row("EXO"), "CODE", e.Code, "DATEDEBUT", e.Debut.TRA(), "DATEFIN", e.Fin.TRA(), "ETATCPTA", etat,
		"LIBELLE", "Exercice au "+e.Fin.TRA(), "ETATANO", ano, "DATECREATION", creation.TRA())
}

// typePiece is the kind of document by the nature of the journal.
func typePiece(nature string) string {
	switch nature {
	case "VTE":
		return "FC"
	case "ACH":
		return "FF"
	}
	return "OD"
}

// ligne fills the row of an entry. number is its NUMEROPIECE.
func (r *rows) ligne(l *Ligne, nature, number string, extended bool) *tra.Row {
	row := r.ecr(extended)
	put(row, fJournal, l.Journal)
	putDate(row, fDate, l.Date)
	put(row, fTypePiece, typePiece(nature))
	put(row, fGeneral, l.Compte)
	if l.Auxiliaire != "" {
		put(row, fTypeCpte, "X")
		put(row, fAuxi, l.Auxiliaire)
	}
	if l.Reference != number {
		put(row, fRef, l.Reference)
	}
	put(row, fLibelle, l.Libelle)
	put(row, fMode, l.Paiement)
	putDate(row, fEcheance, l.Echeance)
	sens, amount := "D", l.Debit
	if l.Debit == 0 && l.Credit != 0 {
		sens, amount = "C", l.Credit
	} else if l.Credit != 0 { // both: what is left
		amount -= l.Credit
	}
	put(row, fSens, sens)
	_ = row.SetMontant(fMontants[0], amount)
	put(row, fPiece, number)
	if l.Devise != "" && l.Devise != "EUR" {
		put(row, fDevise, l.Devise)
		put(row, fCode, "ED-")
		_ = row.SetMontant(fMontants[1], l.EnDevise)
	}
	if extended {
		r.block(row, l, number)
	}
	return row
}

func (r *rows) block(row *tra.Row, l *Ligne, number string) {
	if l.DateReference != l.Date {
		putDate(row, fDateRef, l.DateReference)
	}
	putDate(row, fCreation, l.Date)
	if l.Lettre != "" {
		etat := "TL"
		if l.Partielle {
			etat = "PL"
		}
		put(row, fLettrage, l.Lettre)
		put(row, fEtatLettrage, etat)
	}
	if len(number) <= fNumero.Len {
		put(row, fNumero, number)
	}
	putDate(row, fValidation, l.Validation)
}

// imputation fills the row of an analytic line.
func (r *rows) imputation(l *Ligne, i *Imputation, nature, number, axe string) *tra.Row {
	row := r.row("ECR")
	_ = row.SetField(fJournal, l.Journal)
	_ = row.SetDate(fDate, l.Date)
	_ = row.SetField(fTypePiece, typePiece(nature))
	_ = row.SetField(fGeneral, l.Compte)
	_ = row.SetField(fTypeCpte, "A")
	_ = row.SetField(fAuxi, i.Section)
	if l.Reference != number {
		_ = row.SetField(fRef, l.Reference)
	}
	_ = row.SetField(fLibelle, l.Libelle)
	sens := "D"
	if l.Debit == 0 && l.Credit != 0 {
		sens = "C"
	}
	_ = row.SetField(fSens, sens)
	_ = row.SetMontant(fMontants[0], i.Montant)
	_ = row.SetField(fTypeEcriture, "N")
	_ = row.SetField(fPiece, number)
	_ = row.SetField(fDevise, "EUR")
	_ = row.SetField(fCode, "E--")
	_ = row.SetField(fAxe, axe)
	return row
}

// entry counts the fields of a line that the model does not hold.
func (r *rows) entry(rec *tra.Record, l *Ligne, lost *losses) {
	nature := ""
	switch rec.Value(fTypePiece) {
	case "FC":
		nature = "VTE"
	case "FF":
		nature = "ACH"
	}
	number := rec.Value(fPiece)
	r.ligne(l, nature, number, rec.Block == lECR1).Differences(rec, func(f *tra.Field) {
		switch f {
		case fTypeCpte, fAuxi, fAxe: // H: an imputation
			if len(l.Imputations) > 0 {
				return
			}
		case fRef, fRefExterne, fEcheance, fDateRef:
			// They are in the model, or say nothing that it lacks (01011900).
			if d, ok := tra.ParseDate(rec.Value(f)); f == fEcheance && ok && d == l.Echeance || f == fDateRef && ok && d.IsZero() || f == fRef && l.Reference == rec.Value(fRefExterne) && rec.Value(fRef) == "" || f == fRefExterne && rec.Value(f) == l.Reference {
				return
			}
		case fNumero:
			if rec.Value(f) == "" || strings.Trim(rec.Value(f), "0") == "" || rec.Value(f) == l.Numero {
				return
			}
		case fTypePiece:
			lost.add("type-piece", rec.Line)
			return
		case fMontants[0], fMontants[1], fMontants[2], fCode:
			return // in the model, in another order
		case fDevise:
			if rec.Value(f) == "" {
				return
			}
		case fValidation:
			if l.Validation != (compta.Date{}) && rec.Value(f) == "" {
				return // the closing of the exercice
			}
		}
		lost.add(strings.ToLower(f.Name), rec.Line)
	})
}

// parameter counts the fields of a parameter that the model does not hold.
func (r *rows) parameter(rec *tra.Record, p *parametres, lost *losses) {
	var row *tra.Row
	switch rec.ID {
	case "HEADER":
		row = set(r.row("HEADER"), header...)
		row = set(row, "TYPE_FICHIER", rec.Field("TYPE_FICHIER"), "FORMAT", rec.Field("FORMAT"), "RAISON_SOCIALE", rec.Field("RAISON_SOCIALE"), "UTILISATEUR", "Passerelle")
	case "PS1":
		row = set(r.row("PS1"), "NOM", p.dossier.Nom, "SIRET", p.dossier.SIRET)
	case "PS2":
		row = set(r.row("PS2"), ps2...)
	case "PS3":
		row = r.row("PS3")
	case "PS5":
		row = set(r.row("PS5"), ps5...)
	case "EXO":
		for i := range p.exercices {
			if e := &p.exercices[i]; e.N == rec.Line {
				row = r.exercice(e, rec.Field("ETATCPTA"))
			}
		}
	case "JAL":
		row = r.journal(&Journal{rec.Field("CODE"), rec.Field("LIBELLE"), rec.Field("NATURE"), rec.Field("COMPTE"), 0})
	case "CGN":
		row = r.compte(&Compte{rec.Field("CODE"), rec.Field("LIBELLE"), rec.Field("NATURE"), 0})
	case "CAE":
		row = r.tiers(&Tiers{Numero: rec.Field("CODE"), Nom: rec.Field("LIBELLE"), Collectif: rec.Field("COLLECTIF"), Nature: rec.Field("NATURE")})
	case "SAT":
		row = r.section(&Section{rec.Field("CODE"), rec.Field("LIBELLE"), rec.Field("AXE"), 0})
	}
	if row == nil || rec.Block != nil {
		return
	}
	if strings.TrimSpace(string(rec.Raw())) == "***"+rec.ID {
		return // stands without content
	}
	row.Differences(rec, func(f *tra.Field) {
		if d, ok := tra.ParseDate(rec.Value(f)); f.Kind == tra.DateJour && ok && d.IsZero() {
			return
		}
		lost.add("champs "+rec.ID, rec.Line)
	})
}

// What the parameters of a file of ours say.
var (
	header = []string{"IDENTIFIANT", "S5", "ORIGINE_FICHIER", "CLI", "DATE_BASCULE", "01011900", "DATE_ARRETE_PERIODIQUE", "01011900",
		"VERSION", "011", "SO_CPDATEREFPURGE", "01011900", "SOUSVERSION", "001", "SO_NEWANALYTIQUE", "-", "SO_READYGUID", "-", "DAG_GESTAGRICOLE", "-"}
	ps2 = []string{"LGGEN", "06", "BOURREGEN", "0", "LGAUX", "06", "BOURREAUX", "0",
		"LGSEC1", "03", "BOURRESEC1", "0", "LGSEC2", "03", "BOURRESEC2", "0", "LGSEC3", "03", "BOURRESEC3", "0",
		"LGSEC4", "03", "BOURRESEC4", "0", "LGSEC5", "03", "BOURRESEC5", "0"}
	ps5 = []string{"DEVISE", "EUR", "DECDEVISE", "2", "TENUEEURO", "X", "JALECC", "ECC", "CPTECCD", "668800", "CPTECCC", "768800",
		"PLANREF", "07", "GEREANA", "-", "CROISAXE", "-", "CPANODYNA", "-"}
)
