package console

import (
	"net/http"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// calendrierPage is what calendrier.html shows.
type calendrierPage struct {
	Jours        int // how far it looks ahead
	Debuts, Fins int
	Mois         []moisCalendrier
	Lignes       []jourCalendrier
	Depuis       passerelle.Date // of the list, 0 for today
	Reste        int             // days of contracts beyond those that are shown
	Abonnements  []abonnement
	Adresse      string // of the calendar that was just made, shown once
}

// moisCalendrier is a month as a table of weeks.
type moisCalendrier struct {
	Nom      string
	Semaines [][]caseCalendrier
}

type caseCalendrier struct {
	Jour         int // 0 outside the month
	Le           string
	Debuts, Fins int
	Ici          bool // today
	Liste        bool // its contracts are listed below
}

// jourCalendrier is a day with the contracts that begin or end on it.
type jourCalendrier struct {
	Le       passerelle.Date
	Contrats []hub.EcheanceContrat
}

// abonnement is a calendar that is followed, with what it is about.
type abonnement struct {
	domaine.Abonnement
	Quoi string
}

// calendrierMost is how many days of contracts the page lists; all of them are counted, and a day
// that is further leads to the list from there.
const calendrierMost = 200

var moisNoms = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

func (c *console) calendrier(w http.ResponseWriter, r *request) error {
	return c.showCalendrier(w, r, "")
}

func (c *console) showCalendrier(w http.ResponseWriter, r *request, adresse string) error {
	today := c.today()
	from := today
	if named, err := passerelle.ParseDate(r.URL.Query().Get("du")); err == nil && named > today && named <= today+hub.JoursCalendrier {
		from = named
	}
	found, counts, err := c.hub.Contrats.Echeances(r.Context(), r.compte.OrganismeID, 0, passerelle.Periode{Debut: today, Fin: today + hub.JoursCalendrier}, from, calendrierMost)
	if err != nil {
		return err
	}
	p := calendrierPage{Jours: hub.JoursCalendrier, Reste: -len(found), Adresse: adresse}
	if from > today {
		p.Depuis = from
	}
	byDay := map[passerelle.Date]*caseCalendrier{}
	for le, n := range counts {
		byDay[le] = &caseCalendrier{Debuts: n.Debuts, Fins: n.Fins}
		p.Debuts, p.Fins = p.Debuts+n.Debuts, p.Fins+n.Fins
		if le >= from {
			p.Reste += n.Debuts + n.Fins
		}
	}
	for _, e := range found {
		if len(p.Lignes) == 0 || p.Lignes[len(p.Lignes)-1].Le != e.Le {
			p.Lignes = append(p.Lignes, jourCalendrier{Le: e.Le})
			if day := byDay[e.Le]; day != nil {
				day.Liste = true
			}
		}
		last := &p.Lignes[len(p.Lignes)-1]
		last.Contrats = append(last.Contrats, e)
	}
	for month := today.FirstOfMonth(); month <= today+hub.JoursCalendrier; month = month.AddMonths(1) {
		p.Mois = append(p.Mois, newMois(month, today, byDay))
	}
	known, err := c.hub.Comptes.Abonnements(r.Context(), r.compte)
	if err != nil {
		return err
	}
	for _, a := range known {
		shown := abonnement{Abonnement: a, Quoi: "Ce qui concerne votre rôle, " + r.compte.Role.Libelle()}
		if a.Session != 0 {
			s, err := c.hub.Integration.Session(r.Context(), r.compte.OrganismeID, a.Session)
			if err != nil && !isNotFound(err) {
				return err
			}
			shown.Quoi = "La session " + s.NomGroupe
		}
		p.Abonnements = append(p.Abonnements, shown)
	}
	return c.render(w, r, http.StatusOK, "calendrier", "Calendrier", p)
}

// newMois lays out a month, weeks from Monday.
func newMois(first, today passerelle.Date, byDay map[passerelle.Date]*caseCalendrier) moisCalendrier {
	at := first.Time()
	m := moisCalendrier{Nom: moisNoms[at.Month()-1] + " " + strconv.Itoa(at.Year())}
	week := make([]caseCalendrier, (int(at.Weekday())+6)%7, 7)
	for day := first; day <= first.LastOfMonth(); day++ {
		here := caseCalendrier{}
		if known := byDay[day]; known != nil {
			here = *known
		}
		here.Jour, here.Le, here.Ici = day.Time().Day(), day.String(), day == today
		if week = append(week, here); len(week) == 7 {
			m.Semaines = append(m.Semaines, week)
			week = make([]caseCalendrier, 0, 7)
		}
	}
	if len(week) > 0 {
		for len(week) < 7 {
			week = append(week, caseCalendrier{})
		}
		m.Semaines = append(m.Semaines, week)
	}
	return m
}

// suivre makes the address of a calendar and shows it once.
func (c *console) suivre(w http.ResponseWriter, r *request) error {
	session, _ := strconv.ParseInt(r.PostFormValue("session"), 10, 64) // 0 is the role's
	cle, err := c.hub.Comptes.Suivre(r.Context(), r.compte, session)
	if err != nil {
		return err
	}
	return c.showCalendrier(w, r, c.address.Of(r.Request)+"/agenda/"+cle+".ics")
}

func (c *console) nePlusSuivre(w http.ResponseWriter, r *request, id int64) error {
	if err := c.hub.Comptes.NePlusSuivre(r.Context(), r.compte, id); err != nil {
		return err
	}
	return then(w, r, "/calendrier", "agenda-retire")
}

// jourEntier names a day to people.
func jourEntier(d passerelle.Date) string {
	jours := [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	t := d.Time()
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = "1er"
	}
	return jours[t.Weekday()] + " " + day + " " + moisNoms[t.Month()-1] + " " + strconv.Itoa(t.Year())
}
