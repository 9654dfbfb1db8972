package tra

import (
	"bytes"

	"github.com/passerelle-hub/passerelle/compta"
)

var utf8BOM = []byte("\xef\xbb\xbf")

// sniff refuses what does not start like a TRA file; head holds at least the first
// line, or MaxLine bytes of it.
func sniff(head []byte) error {
	refuse := func(kind, message string) error { return &FormatError{Kind: kind, Line: 1, Message: message} }
	text := bytes.TrimPrefix(head, utf8BOM)
	nature := compta.Recognize(head)
	switch nature.Kind {
	case compta.TRA.Kind:
		return nil
	case compta.FEC.Kind:
		return refuse(nature.Kind, "C’est un FEC (fichier des écritures comptables)"+cashBasis(text)+", pas un fichier TRA, même s’il en porte le nom. Contrôlez-le comme FEC (« passerelle fec check ») ou convertissez-le (« passerelle convert --de fec »).")
	case compta.MAD.Kind:
		return refuse(nature.Kind, "C’est un document JSON au format MAD, pas un fichier TRA. Convertissez-le (« passerelle convert --de mad --vers tra »).")
	case "vide":
		return refuse(nature.Kind, "Le fichier est vide. Relancez l’export TRA et vérifiez sa taille avant l’envoi.")
	case "blancs":
		return refuse(nature.Kind, "Le fichier ne contient que des espaces. L’export a échoué : relancez-le.")
	}
	if rest := bytes.TrimLeft(text, " \t\r\n\x00"); len(rest) < len(text) && bytes.HasPrefix(rest, []byte("***")) {
		return refuse("en-tete", "Des espaces ou des lignes vides précèdent l’en-tête. Supprimez-les : la première ligne doit commencer par *** en colonne 1.")
	}
	if nature.Kind == "inconnu" {
		return refuse(nature.Kind, "Ce n’est pas un fichier TRA : la première ligne doit commencer par *** suivi du code produit, par exemple ***S5CLIDOSSTD. Choisissez l’export « TRA » dans le logiciel comptable.")
	}
	return refuse(nature.Kind, "C’est "+nature.About+", pas un fichier TRA. "+nature.Todo)
}

// cashBasis says so where the first line of a FEC has the columns of a cash basis.
func cashBasis(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	if n, ok := compta.CashBasis(line); ok {
		return " de comptabilité de trésorerie, de " + n + " colonnes"
	}
	return ""
}
