package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/recherche"
)

// colonneContrat is a column that a list of contracts may have.
type colonneContrat struct {
	Code, Titre string
	Tri         recherche.Tri // by which its title puts the list in order, "" for none
	texte       func(*hub.Place) string
	lien        func(*hub.Place) string // where its value leads, nil for nowhere
	dOffice     bool                    // shown where nobody chose
	etat        bool                    // it is the state, shown as a mark with a word
}

// Texte is the value of a contract.
func (c colonneContrat) Texte(p hub.Place) string { return c.texte(&p) }

// Lien is where the value leads, "" for nowhere.
func (c colonneContrat) Lien(p hub.Place) string {
	if c.lien == nil {
		return ""
	}
	return c.lien(&p)
}

// Etat reports whether the column shows the state.
func (c colonneContrat) Etat() bool { return c.etat }

// champDe is the column of one field of the contract.
func champDe(code, titre, nom string) colonneContrat {
	i, _ := passerelle.ChampIndex([]byte(nom))
	champ := &passerelle.Champs[i]
	return colonneContrat{Code: code, Titre: titre, texte: func(p *hub.Place) string { return champ.Affiche(*champ.At(&p.Contrat)) }}
}

func (c colonneContrat) tri(t recherche.Tri) colonneContrat { c.Tri = t; return c }
func (c colonneContrat) vers(role recherche.Role, value func(*hub.Place) string) colonneContrat {
	c.lien = func(p *hub.Place) string { return lienNomme(role, recherche.CleOf(role, value(p))) }
	return c
}
func (c colonneContrat) toujours() colonneContrat { c.dOffice = true; return c }

// colonnesContrats are the columns beside the code, in their order.
var colonnesContrats = []colonneContrat{
	colonneContrat{Code: "apprenant", Titre: "Apprenti", texte: func(p *hub.Place) string { return p.PrenomApprenant + " " + p.NomApprenant }}.
		tri(recherche.ParApprenant).vers(recherche.Apprenant, func(p *hub.Place) string { return p.CodeApprenant }).toujours(),
	colonneContrat{Code: "etat", Titre: "État", texte: etatContrat, etat: true}.toujours(),
	champDe("email", "E-mail de l’apprenti", "emailApprenant"),
	champDe("entreprise", "Entreprise", "nomEntreprise").tri(recherche.ParEntreprise).vers(recherche.Entreprise, func(p *hub.Place) string { return p.NomEntreprise }).toujours(),
	champDe("siret", "SIRET", "siretEntreprise"),
	champDe("formation", "Formation", "nomFormation").toujours(),
	champDe("annee", "Année", "nomAnnee"),
	champDe("groupe", "Groupe", "nomGroupe").tri(recherche.ParGroupe),
	champDe("site", "Site", "nomSite").toujours(),
	champDe("periode", "Période", "nomPeriode"),
	champDe("debut", "Début", "dateDebut").tri(recherche.ParDebut).toujours(),
	colonneContrat{Code: "fin", Titre: "Fin", texte: func(p *hub.Place) string {
		if p.DateRupture != "" {
			return p.DateRupture
		}
		return p.DateFin
	}}.tri(recherche.ParFin).toujours(),
	colonneContrat{Code: "tuteur", Titre: "Tuteur à l’école", texte: func(p *hub.Place) string { return p.PrenomPersonnel + " " + p.NomPersonnel }}.
		vers(recherche.Personnel, func(p *hub.Place) string { return p.CodePersonnel }),
	colonneContrat{Code: "maitre", Titre: "Maître d’apprentissage", texte: func(p *hub.Place) string {
		return p.PrenomMaitreApprentissage + " " + p.NomMaitreApprentissage
	}}.vers(recherche.Maitre, func(p *hub.Place) string { return p.CodeMaitreApprentissage }),
	champDe("rncp", "Code RNCP", "rncp"),
	champDe("niveau", "Niveau", "niveau"),
	champDe("opco", "OPCO", "opco"),
	champDe("deca", "Numéro DECA", "numeroDeca"),
}

// etatContrat says in words where a contract is.
func etatContrat(p *hub.Place) string {
	switch {
	case p.Archive:
		return "Archivé, parti le " + p.Depart.FR()
	case p.Session != 0:
		return "Intégré"
	case p.Motif == "modeles-ambigus":
		return "Modèles ambigus"
	}
	return "Aucun modèle"
}

// cache is a field that holds what is looked for and that no column shows.
type cache struct{ Libelle, Valeur string }

// Cache says where a contract holds a word that none of the columns shows, nil
// where they show them all.
func (p *contratsPage) Cache(c hub.Place) *cache {
	if p.Mots.Vide() {
		return nil
	}
	shown := []string{c.CodeContrat}
	for _, column := range p.Colonnes {
		shown = append(shown, column.texte(&c))
	}
	if p.Mots.Dans(strings.Join(shown, "\t")) {
		return nil
	}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		value := champ.Affiche(*champ.At(&c.Contrat))
		if champ.Cherche && len(p.Mots.Passages(value)) > 0 && !slices.Contains(shown, value) && !strings.Contains(strings.Join(shown, "\t"), value) {
			return &cache{champ.Libelle, value}
		}
	}
	return nil
}

// colonnesChoisies reads the columns of an address ("c", several times, or with commas),
// those of usual where it names none.
func colonnesChoisies(q url.Values) (list []colonneContrat) {
	var named []string
	for _, value := range q["c"] {
		named = append(named, strings.Split(value, ",")...)
	}
	for _, usual := range []bool{false, true} {
		for _, c := range colonnesContrats {
			if slices.Contains(named, c.Code) && !usual || usual && c.dOffice {
				list = append(list, c)
			}
		}
		if len(list) > 0 {
			break
		}
	}
	return list
}

// titreColonne is the title of a column with what a click on it does.
type titreColonne struct {
	Titre, Lien string // Lien is "" where the list cannot be put in its order
	Sens        string // "ascending", "descending", or "" where the list is in another order
	N           bool   // of figures
}

// titresTries are those of the columns of a list at an address.
func titresTries(address *url.URL, columns []colonneContrat, tri recherche.Tri, desc bool) []titreColonne {
	one := func(titre string, by recherche.Tri, code string) titreColonne {
		t := titreColonne{Titre: titre}
		next := code
		if by == tri {
			t.Sens = "ascending"
			if desc {
				t.Sens = "descending"
			} else {
				next = "-" + code
			}
		}
		if next == "code" {
			next = ""
		}
		first := *address // the first page
		query := address.Query()
		query.Del("page")
		first.RawQuery = query.Encode()
		t.Lien = with(&first, "tri", next)
		return t
	}
	list := []titreColonne{one("Contrat", recherche.ParCode, "code")}
	for _, c := range columns {
		if c.Tri == recherche.ParCode {
			list = append(list, titreColonne{Titre: c.Titre})
			continue
		}
		list = append(list, one(c.Titre, c.Tri, string(c.Tri)))
	}
	return list
}

// triOf reads the order of an address: a column, or "-" and a column.
func triOf(r *http.Request) (tri recherche.Tri, desc bool) {
	text, desc := strings.CutPrefix(r.URL.Query().Get("tri"), "-")
	if text == "code" {
		return recherche.ParCode, desc
	}
	for _, c := range colonnesContrats {
		if c.Tri != recherche.ParCode && string(c.Tri) == text {
			return c.Tri, desc
		}
	}
	return recherche.ParCode, false
}
