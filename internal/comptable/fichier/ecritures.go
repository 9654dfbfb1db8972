package fichier

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/tra"
)

// Cloture is what a file of closing entries is made of.
type Cloture struct {
	Societe   domaine.Societe
	Exercices []domaine.Exercice // of the société
	Comptes   arrete.Comptes
	Ecritures []arrete.Ecriture
}

// The names of what entries refer to.
const (
	libelleProduits = "Formation en apprentissage"
	libellePCA      = "Produits constatés d’avance"
	libelleFAE      = "Clients, factures à établir"
	libelleJournal  = "Opérations diverses"
)

// largeur is the length of the fields LIBELLE and REFINTERNE of an entry in TRA, and
// of the name of a dossier.
const largeur = 35

// Libelle says what an entry is.
func Libelle(e *arrete.Ecriture) string {
	word := map[string]string{arrete.EcriturePCA: "PCA ", arrete.EcritureFAE: "FAE "}[e.Nature]
	if e.Reprise {
		word = "Extourne " + word
	}
	return word + e.Objet
}

// CodeTexte is the code of the warning that texts were changed.
const CodeTexte = "texte-modifie"

// pertes counts the entries of which a format could not hold a text.
type pertes struct {
	ecritures    int
	avant, apres string // the first one
}

func (p *pertes) add(avant, apres string) {
	if p.ecritures == 0 {
		p.avant, p.apres = avant, apres
	}
	p.ecritures++
}

// warn says what was changed, and nothing where nothing was.
func (p *pertes) warn(why string) []comptable.Avertissement {
	if p.ecritures == 0 {
		return nil
	}
	subject := fmt.Sprintf("%d écritures ont", p.ecritures)
	if p.ecritures == 1 {
		subject = "1 écriture a"
	}
	return []comptable.Avertissement{{Code: CodeTexte, Index: -1, Message: fmt.Sprintf("%s une référence ou un libellé modifiés : %s. La première : « %s » est devenu « %s ».", subject, why, p.avant, p.apres)}}
}

// WriteEcritures writes closing entries as a complete TRA dossier, or nothing at
// all and why.
func WriteEcritures(w io.Writer, c Cloture, now time.Time, o comptable.OptionsTRA) ([]comptable.Avertissement, []Erreur, error) {
	lignes, warnings, refused := comptable.ToTRA(c.Exercices, o)
	if len(refused) > 0 {
		return warnings, rules(refused, nil), nil
	}
	plan := tra.Plan{
		Comptes:  distincts([]tra.Compte{{Code: c.Comptes.Produits, Libelle: libelleProduits, Nature: "PRO"}, {Code: c.Comptes.PCA, Libelle: libellePCA, Nature: "DIV"}, {Code: c.Comptes.FAE, Libelle: libelleFAE, Nature: "DIV"}}),
		Journaux: []tra.Journal{{Code: c.Comptes.Journal, Libelle: libelleJournal, Nature: "OD"}},
	}
	var lines []tra.Ecriture
	references, lost := tra.NewCodes(largeur), pertes{}
	for i := range c.Ecritures {
		e := &c.Ecritures[i]
		reference, other := references.Short(e.Objet)
		libelle, cut := tra.Fit(Libelle(e), largeur)
		switch {
		case other:
			lost.add(e.Objet, reference)
		case cut:
			lost.add(Libelle(e), libelle)
		}
		line := tra.Ecriture{Journal: c.Comptes.Journal, Date: toTRA(e.Date), Reference: reference, Libelle: libelle, Montant: montant(e.Montant), Piece: i + 1}
		debit, credit := line, line
		debit.Compte, credit.Compte, credit.Credit = e.Debit, e.Credit, true
		lines = append(lines, debit, credit)
	}
	warnings = append(warnings, lost.warn("un champ du format TRA contient 35 caractères de Windows-1252")...)
	nom, _ := tra.Fit(c.Societe.Nom, largeur)
	if whole := strings.TrimRight(cut(c.Societe.Nom, largeur), " "); nom != whole {
		warnings = append(warnings, comptable.Avertissement{Code: CodeTexte, Index: -1, Message: fmt.Sprintf("Le nom de la société est modifié : un fichier TRA est en Windows-1252. « %s » est devenu « %s ».", whole, nom)})
	}
	err := tra.WriteEcritures(w, tra.Dossier{Nom: nom, Siret: c.Societe.SIRET, Horodatage: now, Utilisateur: "Passerelle"}, toExercices(lignes), plan, lines)
	if fields := fieldErrors(err); len(fields) > 0 {
		return warnings, fields, nil
	}
	return warnings, nil, err
}

// distincts leaves out accounts that are declared before: one account may serve
// twice.
func distincts(list []tra.Compte) []tra.Compte {
	seen := map[string]bool{}
	var out []tra.Compte
	for _, c := range list {
		if !seen[c.Code] {
			seen[c.Code] = true
			out = append(out, c)
		}
	}
	return out
}

// WriteFEC writes closing entries in the form of a FEC: the entries of Passerelle
// alone, to be imported, not the file of an exercice. ValidDate is blank: they are
// proposed.
func WriteFEC(w io.Writer, c Cloture) ([]comptable.Avertissement, error) {
	out := fec.NewWriter(w)
	var lost pertes
	var row fec.Row
	names := map[string]string{c.Comptes.Produits: libelleProduits, c.Comptes.PCA: libellePCA, c.Comptes.FAE: libelleFAE}
	for i := range c.Ecritures {
		e := &c.Ecritures[i]
		reference, libelle := plain(e.Objet), plain(Libelle(e))
		if reference != e.Objet {
			lost.add(e.Objet, reference)
		}
		for _, side := range []struct {
			account string
			column  fec.ID
		}{{e.Debit, fec.Debit}, {e.Credit, fec.Credit}} {
			row.Reset()
			// What a row refuses comes back from Write.
			_ = row.Set(fec.JournalCode, c.Comptes.Journal)
			_ = row.Set(fec.JournalLib, libelleJournal)
			_ = row.Set(fec.EcritureNum, strconv.Itoa(i+1))
			_ = row.SetDate(fec.EcritureDate, toTRA(e.Date))
			_ = row.Set(fec.CompteNum, side.account)
			_ = row.Set(fec.CompteLib, names[side.account])
			_ = row.Set(fec.PieceRef, reference)
			_ = row.SetDate(fec.PieceDate, toTRA(e.Date))
			_ = row.Set(fec.EcritureLib, libelle)
			_ = row.SetMontant(side.column, montant(e.Montant))
			if err := out.Write(&row); err != nil {
				return nil, err
			}
		}
	}
	return lost.warn("une colonne du FEC ne contient ni tabulation, ni retour à la ligne, ni blanc autour de son texte"), out.Flush()
}

func montant(c financement.Centimes) compta.Montant { return compta.Montant(c) * (compta.Unite / 100) }

// plain makes a text one that a column of a FEC holds: what separates columns and
// lines becomes a blank, blanks around it are left out.
func plain(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s))
}
