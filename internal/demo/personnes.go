package demo

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

type identite struct {
	nom, prenom string
	email       string // the part before the @, one for each person of a population
}

// personne returns the nth person of a population (0 apprentices, 1 maîtres, 2
// tutors). Within one population two people never have the same first and last
// name until every pair is used up; from then on the address carries a number.
func personne(seed uint64, population, n int) identite {
	couple, tour := promenade(seed, uint64(population), n, len(prenoms)*len(noms))
	prenom, nom := &prenoms[couple%len(prenoms)], &noms[couple/len(prenoms)]
	email := prenom.slug + "." + nom.slug
	if tour > 0 {
		email += strconv.Itoa(tour + 1)
	}
	return identite{nom: nom.texte, prenom: prenom.texte, email: email}
}

type employeur struct{ nom, domaine string }

// entreprise returns the nth company. Small companies of the same name exist, in
// fiction as in life; each has a domain of its own.
func entreprise(seed uint64, n int) employeur {
	couple, tour := promenade(seed, 3, n, len(activites)*len(noms))
	activite, nom := &activites[couple%len(activites)], &noms[couple/len(activites)]
	domaine := activite.slug + "-" + nom.slug
	if tour > 0 {
		domaine += "-" + strconv.Itoa(tour+1)
	}
	return employeur{nom: activite.texte + " " + nom.texte, domaine: domaine + ".example"}
}

// promenade returns the nth stop of a walk over total places that meets every
// place once before it meets one again, and how many times it went round.
func promenade(seed, stream uint64, n, total int) (place, tour int) {
	const pas = 7919 // a prime that divides no total here
	debut := rand.New(rand.NewPCG(seed, stream)).IntN(total)
	return (debut + n%total*pas) % total, n / total
}

// A mot is a name and its form in an address.
type mot struct{ texte, slug string }

func mots(list string) []mot {
	var out []mot
	for texte := range strings.SplitSeq(list, ",") {
		texte = strings.TrimSpace(texte)
		out = append(out, mot{texte, slug(texte)})
	}
	return out
}

// slug writes a name in lower-case letters a to z, digits and single hyphens.
func slug(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == 'œ':
			b.WriteString("oe")
		case unicode.Is(unicode.Mn, r):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if slug := strings.TrimSuffix(b.String(), "-"); slug != "" {
		return slug
	}
	return "organisme"
}

var prenoms = mots(`Adam, Adèle, Agathe, Aïcha, Alexandre, Alice, Aminata, Amine, Anaïs, Antoine, Apolline, Arthur,
	Aurélie, Axel, Baptiste, Bastien, Benjamin, Bérénice, Camille, Capucine, Célia, Charlotte, Chloé, Clara, Clément,
	Corentin, Côme, Cyril, Damien, David, Diane, Dylan, Élise, Éloïse, Emma, Enzo, Estelle, Éva, Fanny, Fatou, Félix, Florian,
	Gabin, Gabriel, Gaëlle, Guillaume, Hélène, Héloïse, Hugo, Ibrahim, Inès, Iris, Jade, Jean-Baptiste, Jeanne, Jérémy, Joris,
	Jules, Juliette, Karim, Kévin, Khadija, Laura, Léa, Léo, Léonie, Lilou, Lina, Loïc, Louane, Louis, Louise, Lucas, Lucie,
	Maël, Manon, Marius, Mathilde, Mathis, Maxime, Mehdi, Mélina, Moussa, Nathan, Nina, Noémie, Nolan, Océane, Oscar, Ousmane,
	Paul, Pauline, Quentin, Rachid, Raphaël, Rayan, Rémi, Romane, Sacha, Salomé, Samuel, Sarah, Simon, Sofia, Solène, Théo,
	Thibault, Timéo, Valentin, Victoire, Yasmine, Yanis, Zoé`)

var noms = mots(`André, Aubert, Bailly, Barbier, Baron, Benali, Bernard, Berthelot, Bertrand, Besson, Blanc, Blanchard,
	Bonnet, Boucher, Bouchet, Boulanger, Bourgeois, Bouvier, Boyer, Breton, Brun, Brunet, Camara, Caron, Carpentier,
	Chauvin, Chevalier, Cissé, Clerc, Colin, Collet, Cordier, Cousin, Da Silva, David, Delaunay, Delmas, Deschamps, Dufour,
	Dumas, Dumont, Dupont, Dupuis, Durand, Duval, Étienne, Fabre, Faure, Fernandez, Ferreira, Fleury, Fontaine, Fournier,
	François, Gaillard, Garcia, Garnier, Gauthier, Gautier, Gérard, Germain, Gilbert, Girard, Giraud, Guérin, Guichard,
	Guillot, Haddad, Hamon, Hébert, Henry, Hoarau, Hubert, Huet, Humbert, Jacob, Jacquet, Jean, Joly, Klein, Lacroix, Lambert,
	Lebrun, Leclerc, Lecomte, Lefèvre, Le Gall, Léger, Legrand, Lemaire, Lemoine, Leroux, Leroy, L’Hostis, Lopez, Louis, Lucas, Maillard,
	Mallet, Marchand, Martin, Martinez, Masson, Mathieu, Menard, Mercier, Meunier, Meyer, Michel, Millet, Monnier, Moreau,
	Morel, Morin, Moulin, Muller, N’Diaye, Nguyen, Nicolas, Noël, Olivier, Paris, Payet, Pelletier, Pereira, Perret, Perrin, Petit,
	Philippe, Picard, Pichon, Pons, Poulain, Prévost, Ramos, Renard, Renaud, Rey, Richard, Rivière, Robert, Robin, Roche,
	Rodriguez, Roger, Rolland, Rousseau, Roux, Roy, Sanchez, Schmitt, Simon, Tessier, Thomas, Traoré, Tran, Vallet,
	Vasseur, Vidal, Vincent, Weber, Zimmermann`)

var activites = mots(`Agence immobilière, Atelier, Boulangerie, Cabinet comptable, Chocolaterie, Concession, Domaine, Électricité,
	Établissements, Fromagerie, Garage, Groupe, Hôtel, Imprimerie, Jardinerie, Laboratoire, Librairie, Maison, Menuiserie,
	Opticien, Papeterie, Pharmacie, Plomberie, Studio, Transports`)
