package demo

import passerelle "github.com/passerelle-hub/passerelle"

// premier is the first contract of 2,000 with seed 1.
var premier = passerelle.Contrat{
	CodeContrat:               "CTR-000001",
	CodeGroupe:                "MRS-2627-MCO1-G1",
	NomGroupe:                 "BTS MCO 1 G1 Marseille",
	CodeSite:                  "MRS",
	NomSite:                   "Marseille Joliette",
	CodePeriode:               "2026-2027",
	NomPeriode:                "2026/2027",
	CodeFormation:             "MCO",
	NomFormation:              "BTS Management commercial opérationnel",
	CodeAnnee:                 "A1",
	NomAnnee:                  "1re année",
	CodeApprenant:             "APP-000001",
	NomApprenant:              "Lucas",
	PrenomApprenant:           "Sofia",
	EmailApprenant:            "sofia.lucas@etu.horizon-formation.example",
	CodePersonnel:             "PER-000001",
	NomPersonnel:              "Pereira",
	PrenomPersonnel:           "Lucas",
	EmailPersonnel:            "lucas.pereira@equipe.horizon-formation.example",
	CodeMaitreApprentissage:   "MA-000001",
	NomMaitreApprentissage:    "Zimmermann",
	PrenomMaitreApprentissage: "Laura",
	EmailMaitreApprentissage:  "laura.zimmermann@studio-leroux.example",
	NomEntreprise:             "Studio Leroux",
	DateDebut:                 "18/09/2026",
	DateFin:                   "17/09/2028",
	MissionTitle:              "Vendeur-conseil en magasin",
	MissionDetails:            "Animer la page de l’enseigne et répondre aux avis déposés en ligne. Traiter les réclamations et veiller à la satisfaction des clients après la vente.",
	RNCP:                      "RNCP38362",
}
