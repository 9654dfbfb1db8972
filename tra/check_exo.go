package tra

import (
	"slices"
	"strings"
)

const maxExercices = 1000

// exoRules checks the exercices of a file, line by line and as a sequence.
type exoRules struct {
	out     *findings
	version int
	list    []Exercice
}

func (x *exoRules) record(rec *Record) {
	e := exerciceOf(rec)
	f := lExo.Field
	if !e.Debut.IsZero() && !e.Debut.IsFirstOfMonth() {
		x.out.Add(ruleExoBornes, at(rec, f("DATEDEBUT")), "%s : un exercice commence un premier de mois.", e.Debut.FR())
	}
	if !e.Fin.IsZero() && !e.Fin.IsLastOfMonth() {
		x.out.Add(ruleExoBornes, at(rec, f("DATEFIN")), "%s : un exercice finit un dernier jour de mois.", e.Fin.FR())
	}
	if !e.Debut.IsZero() && !e.Fin.IsZero() && e.Fin.Compare(e.Debut) < 0 {
		x.out.Add(ruleExoBornes, at(rec, f("DATEFIN")), "La fin (%s) précède le début (%s).", e.Fin.FR(), e.Debut.FR())
	}
	if e.Etat == EtatProvisoire {
		x.out.Add(ruleExoCPR, at(rec, f("ETATCPTA")), "Clos provisoirement (CPR) : lu comme ouvert, car il peut encore changer.")
	}
	if e.AnoAbsent {
		x.out.Add(ruleExoAno, at(rec, f("ETATANO")), "La ligne s’arrête avant ETATANO (colonne %d) : lu comme blanc, car un éditeur a sans doute ôté les blancs de fin de ligne. Si l’exercice est en OAN (à-nouveaux non détaillés), écrivez-le.", f("ETATANO").Pos)
	}
	if want := "Exercice au"; (e.Libelle != "" || x.version >= 11) && !strings.HasPrefix(e.Libelle, want) {
		x.out.Add(ruleExoLibelle, at(rec, f("LIBELLE")), "Le libellé attendu est au moins « %s » et la date de fin.", want)
	}
	switch raw := rec.Field("DATECREATION"); {
	case raw == "" && x.version >= 11:
		x.out.Add(ruleExoCreation, at(rec, f("DATECREATION")), "DATECREATION est obligatoire depuis la version 011 ; elle est absente.")
	case raw != "":
		if _, ok := ParseDate(raw); !ok {
			x.out.Add(ruleDate, at(rec, f("DATECREATION")), "« %s » : date du calendrier attendue, sous la forme JJMMAAAA.", clean([]byte(raw)))
		}
	}
	if len(x.list) == maxExercices {
		x.out.Add(ruleTrop, atLine(rec), "Plus de %d exercices : les suivants ne sont pas comparés entre eux.", maxExercices)
	}
	if len(x.list) < maxExercices {
		x.list = append(x.list, e)
	}
}

// finish checks the sequence.
func (x *exoRules) finish() {
	x.codes()
	seq := make([]Exercice, 0, len(x.list))
	open := 0
	for _, e := range x.list {
		if e.Etat == EtatOuvert {
			if open++; open == 3 {
				x.out.Add(ruleExoOuverts, e.at("ETATCPTA"), "Plus de deux exercices ouverts (OUV) : donnez NON aux suivants, ou clôturez les plus anciens.")
			}
		}
		if !e.Debut.IsZero() && !e.Fin.IsZero() {
			seq = append(seq, e)
		}
	}
	slices.SortStableFunc(seq, func(a, b Exercice) int { return a.Debut.Compare(b.Debut) })
	for i := 1; i < len(seq); i++ {
		before, e := seq[i-1], seq[i]
		switch next := before.Fin.Next(); {
		case e.Debut.Compare(next) < 0:
			x.out.Add(ruleExoChev, e.at("DATEDEBUT"), "L’exercice %s commence le %s, avant la fin de l’exercice %s (%s).", e.Code, e.Debut.FR(), before.Code, before.Fin.FR())
		case e.Debut.Compare(next) > 0:
			x.out.Add(ruleExoSuite, e.at("DATEDEBUT"), "L’exercice %s commence le %s ; il doit suivre l’exercice %s, donc commencer le %s.", e.Code, e.Debut.FR(), before.Code, next.FR())
		}
		if e.Etat.order() < before.Etat.order() {
			x.out.Add(ruleExoEtats, e.at("ETATCPTA"), "L’exercice %s (%s) suit l’exercice %s (%s) : par date, les états vont de CDE à CPR, OUV puis NON.", e.Code, e.Etat, before.Code, before.Etat)
		}
	}
}

func (x *exoRules) codes() {
	first := map[string]int{}
	for _, e := range x.list {
		if line, again := first[e.Code]; again && e.Code != "" {
			x.out.Add(ruleExoCode, e.at("CODE"), "Le code %s est déjà celui de l’exercice de la ligne %d.", e.Code, line)
			continue
		}
		first[e.Code] = e.Line
	}
}

func (e *Exercice) at(field string) Finding {
	f := lExo.Field(field)
	return Finding{Line: e.Line, Column: f.Pos, Record: lExo.ID, Field: field}
}
