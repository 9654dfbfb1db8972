package passerelle

// Kind says which values a field of a contract accepts.
type Kind uint8

// The kinds of a contract's fields.
const (
	KindText          Kind = iota // any text
	KindCode                      // an identifier; an integer is accepted and kept as its decimal text
	KindDate                      // DD/MM/YYYY
	KindEmail                     // an e-mail address
	KindCertification             // the code of a certification, as KindCode
	KindMontant                   // an amount in euros (see ParseMontant); a number is accepted and kept as its decimal text
	KindHeures                    // a number of hours (see ParseHeures)
	KindChoix                     // one of Champ.Valeurs
	KindIDCC                      // the number of a collective agreement (see ParseIDCC)
	KindSiret                     // the number of an establishment (see SiretValide)
)

// TakesInteger reports whether an integer may stand for the text of a value.
func (k Kind) TakesInteger() bool {
	return k == KindCode || k == KindCertification || k == KindMontant
}

// TakesNumber reports whether any number may.
func (k Kind) TakesNumber() bool { return k == KindMontant }

// Usager says of which of the three people of a contract a field speaks.
type Usager uint8

// The people, in the order of the contract object.
const (
	UsagerAucun Usager = iota // the field speaks of no person
	UsagerApprenant
	UsagerPersonnel // the tutor at the school
	UsagerMaitre    // the maître d'apprentissage
)

// Effacement says what is left of a field when the person that it speaks of is
// erased (RGPD, article 17).
type Effacement uint8

// What an erasure leaves.
const (
	EffaceRien     Effacement = iota // the value stays: it tells nobody from another
	EffaceRemplace                   // the code, names and address of nobody
	EffaceVide                       // nothing
)

// Bloc is the part of the page of a contract where a field is shown.
type Bloc uint8

// The parts, in the order of the page.
const (
	BlocApprenant Bloc = iota
	BlocContrat
	BlocFormation
	BlocFinancement
	BlocPersonnel
	BlocMaitre
)

// Blocs are the titles of the parts of the page of a contract, in their order.
var Blocs = [...]string{
	BlocApprenant:   "Apprenant",
	BlocContrat:     "Contrat",
	BlocFormation:   "Formation",
	BlocFinancement: "Financement",
	BlocPersonnel:   "Tuteur à l’école",
	BlocMaitre:      "Maître d’apprentissage",
}

// Champ describes one field of the contract. The table Champs is the one place
// that says which fields there are: decoding, rules, hashing, storage, search,
// erasure and export of people, the mapping of files and the pages walk it.
type Champ struct {
	Nom      string // the wire name, such as "codeContrat"
	Libelle  string // the French label that people read
	Required bool
	Kind     Kind
	Max      int // longest value accepted, in characters
	At       func(*Contrat) *string

	Valeurs []string // of a KindChoix, in the order in which people are told them
	Plafond int64    // of a KindMontant, in cents: the highest amount accepted
	Pas     string   // wire name of a KindHeures that this one is not above, "" where there is none

	Usager Usager     // whose personal data it is
	Efface Effacement // what erasing that person leaves of it

	Bloc Bloc
	Rang int // its place in the block, where that is not the order of Champs

	Profil     bool   // integration looks at it, or a session shows it
	Critere    int    // its place among ChampsCriteres, 0 where no modèle may look at it
	NomCritere string // how people call it there
	Cherche    bool   // a search of contracts finds it

	// Sens are the words that name it in files, each with its usual synonyms and in
	// any order; "" for those of the wire name. Synonymes are whole names that files
	// give it: a field that has some and no Sens is known by them alone.
	Sens      string
	Synonymes []string
	CodeDe    []string // wire names of the fields that a code can be made of where a file has none

	// Aide says what to write, in a file to fill in, and Exemples are three values, each of
	// an invented contract.
	Aide     string
	Exemples [3]string
}

// NombreChamps is how many fields a contract has.
const NombreChamps = len(champs)

// Champs lists the fields of a contract in the order in which they are written.
var Champs = champs[:]

var champIndex = func() map[string]int {
	index := make(map[string]int, len(champs))
	for i := range champs {
		index[champs[i].Nom] = i
	}
	return index
}()

// ChampIndex returns the position in Champs of a wire name; ok is false where
// there is no such field. It does not allocate for a converted byte slice.
func ChampIndex(nom []byte) (i int, ok bool) {
	i, ok = champIndex[string(nom)]
	return i, ok
}

// ChampsCriteres lists the fields that a modèle may look at, in the order in
// which people think of them.
var ChampsCriteres = champsCriteres()

func champsCriteres() []string {
	var list []string
	for rang := 1; ; rang++ {
		before := len(list)
		for i := range champs {
			if champs[i].Critere == rang {
				list = append(list, champs[i].Nom)
			}
		}
		if len(list) == before {
			return list
		}
	}
}
