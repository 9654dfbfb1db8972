// Invented contracts.
export const contrat = (n, more) => ({
  codeContrat: `K${n}`, codeGroupe: "G1", nomGroupe: "Groupe 1", codeSite: "S1", nomSite: "Rives", codePeriode: "P1", nomPeriode: "2026-2027",
  codeFormation: "F1", nomFormation: "BTS MCO", codeAnnee: "A1", nomAnnee: "1", codeApprenant: `E${n}`, nomApprenant: "Martin", prenomApprenant: "Ada", emailApprenant: `e${n}@cfa.example`,
  codePersonnel: "T1", nomPersonnel: "Petit", prenomPersonnel: "Louis", emailPersonnel: "t1@cfa.example",
  codeMaitreApprentissage: "M1", nomMaitreApprentissage: "Roux", prenomMaitreApprentissage: "Lea", emailMaitreApprentissage: "m1@entreprise.example", nomEntreprise: "Entreprise", ...more,
});

export const many = (n) => Array.from({ length: n }, (_, i) => contrat(i));
