package comptable

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// The codes of the rules on exercices (reference 7). Clients branch on them.
const (
	CodeChevauchement   = "EXERCICE3"  // a day belongs to two exercices
	CodeTrou            = "EXERCICE4"  // a gap between two exercices
	CodeImmatriculation = "EXERCICE5"  // before the société was registered (HTTP 403)
	CodeDejaClos        = "EXERCICE6"  // closed again
	CodeInconnu         = "EXERCICE10" // no such exercice
	CodeMethodeInconnue = "EXERCICE12" // no such lettering method
	CodeInvalide        = "EXERCICE13" // dates reversed, too long, out of order
	CodeClos            = "EXERCICE14" // is closed, does not change
	CodeSansRetour      = "LETTRAGE7"  // no way back from MULTI to MONO
)

// The fields that an Erreur can be about, as the flat dialect calls them.
const (
	ChampDebut    = "start_date"
	ChampFin      = "end_date"
	ChampID       = "exercice_id"
	ChampLettrage = "lettering_method_id"
	ChampEtat     = "state"
)

// Erreur is one reason to refuse a request.
type Erreur struct {
	Code       string
	Message    string // French; names the exercice and the nearest date that would do
	Index      int    // position of the item in the request, from 0; -1 where the request as a whole is meant
	Champ      string // the field to change, "" where there is none
	Suggestion *passerelle.Date
	Exercice   int64  // id of the exercice that the item is about, 0 where it has none yet
	Nom        string // its name before the request, "" where it has none yet
	Voisin     int64  // id of the exercice that stands in the way, 0 where there is none
	NomVoisin  string
}

// Error returns the message, so that an Erreur can be returned as an error.
func (e Erreur) Error() string { return e.Code + ": " + e.Message }

// The stable codes of the warnings.
const (
	AvertitDuree      = "duree-12-mois"      // longer than 12 months and not the first
	AvertitAvantTerme = "cloture-avant-fin"  // closed before its last day
	AvertitPlusOuvert = "aucun-ouvert"       // the last open exercice was closed
	AvertitEtat       = "etat-different"     // a file gives another state to an exercice that exists
	AvertitLettrage   = "lettrage-different" // a file gives another lettering, or none
	AvertitProvisoire = "cloture-provisoire" // CPR: read as open
	AvertitCode       = "code-rang"          // the name does not fit the TRA field
	AvertitElargi     = "dates-elargies"     // bounds widened to whole months
)

// Avertissement is something that a person should know; it refuses nothing.
type Avertissement struct {
	Code     string
	Message  string // French
	Index    int    // position of the item in the request, from 0; -1 where there is none
	Exercice int64  // id, 0 where it has none yet
}

// sentence puts a capital at the start of a message.
func sentence(format string, args ...any) string {
	s := fmt.Sprintf(format, args...)
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func ptr[T any](v T) *T { return &v }

// latestEnd returns the last day of the longest exercice that starts on debut.
func latestEnd(debut passerelle.Date) passerelle.Date { return debut.AddMonths(MoisMax) - 1 }

// earliestStart returns the first day of the longest exercice that ends on fin.
func earliestStart(fin passerelle.Date) passerelle.Date {
	debut := (fin + 1).AddMonths(-MoisMax)
	for latestEnd(debut) < fin {
		debut++
	}
	return debut
}

func tooLong(p passerelle.Periode) bool { return p.Fin > latestEnd(p.Debut) }

// reversed refuses a period that ends before it starts; fin is the end that
// would do.
func reversed(subject string, p passerelle.Periode, fin passerelle.Date) Erreur {
	return Erreur{
		Code: CodeInvalide, Champ: ChampFin, Suggestion: ptr(fin),
		Message: sentence("%s se termine avant de commencer : indiquez une date de fin à partir du %s, par exemple le %s.",
			subject, p.Debut.FR(), fin.FR()),
	}
}

// overlong refuses a period of more than 24 months. fromEnd says that its end is
// held by a neighbour, so that its start is what has to move.
func overlong(subject string, p passerelle.Periode, fromEnd bool) Erreur {
	if fromEnd {
		debut := earliestStart(p.Fin)
		return Erreur{
			Code: CodeInvalide, Champ: ChampDebut, Suggestion: ptr(debut),
			Message: sentence("%s dure plus de %d mois : faites-le commencer au plus tôt le %s.", subject, MoisMax, debut.FR()),
		}
	}
	fin := latestEnd(p.Debut)
	return Erreur{
		Code: CodeInvalide, Champ: ChampFin, Suggestion: ptr(fin),
		Message: sentence("%s dure plus de %d mois : faites-le finir au plus tard le %s.", subject, MoisMax, fin.FR()),
	}
}

func tooEarly(subject string, immatriculation passerelle.Date) Erreur {
	return Erreur{
		Code: CodeImmatriculation, Champ: ChampDebut, Suggestion: ptr(immatriculation),
		Message: sentence("%s commence avant l’immatriculation de la société : faites-le commencer au plus tôt le %s.",
			subject, immatriculation.FR()),
	}
}

// longWarnings warns of each exercice of more than 12 months that is not the
// first, where concerned says that the request has to do with it.
func longWarnings(list []domaine.Exercice, concerned func(i int) (index int, ok bool)) []Avertissement {
	var out []Avertissement
	for i, e := range list {
		if i == 0 || e.Periode.MoisEntames() <= MoisNormal {
			continue
		}
		if index, ok := concerned(i); ok {
			out = append(out, Avertissement{
				Code: AvertitDuree, Index: index, Exercice: e.ID,
				Message: sentence("l’exercice %s dure plus de %d mois alors qu’il n’est pas le premier de la société : vérifiez ses dates.",
					e.Periode, MoisNormal),
			})
		}
	}
	return out
}
