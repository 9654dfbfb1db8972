-- name: npec-edition-list
SELECT id, COALESCE(organisme_id, 0), depuis, fichier, empreinte, importe_le, par, lignes, montants, certifications FROM npec_edition WHERE organisme_id IS NULL OR organisme_id = $1 ORDER BY id;

-- name: npec-edition-insert
INSERT INTO npec_edition (depuis, fichier, empreinte, importe_le, par, lignes, montants, certifications, organisme_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id;

-- name: npec-montant-insert
INSERT INTO npec_montant (edition_id, rncp, cpne, depuis, montant, statut)
ROWS(bigint, text, text, bigint, bigint, text);

-- name: npec-certification-insert
INSERT INTO npec_certification (edition_id, rncp, intitule, certificateur, diplome)
ROWS(bigint, text, text, text, text);

-- name: npec-cpne-insert
INSERT INTO npec_cpne (edition_id, cpne, nom, idcc)
ROWS(bigint, text, text, text);

-- name: npec-montant-of
SELECT rncp, cpne, depuis, montant, statut FROM npec_montant WHERE edition_id = $1 AND rncp IN_TEXTS($2) ORDER BY rncp, cpne, depuis;

-- name: npec-certification-of
SELECT rncp, intitule, certificateur, diplome FROM npec_certification WHERE edition_id = $1 AND rncp IN_TEXTS($2) ORDER BY rncp;

-- name: npec-cpne-list
SELECT cpne, nom, idcc FROM npec_cpne WHERE edition_id = $1 ORDER BY cpne;
