-- name: montant-opco-insert
INSERT INTO montant_opco (organisme_id, rang, code_contrat, montant, jeton_id, par, le, synchronisation_id)
SELECT $1, COALESCE(MAX(rang), 0) + 1, $2, $3, $4, $5, $6, $7 FROM montant_opco WHERE organisme_id = $1;

-- name: montant-opco-list
SELECT rang, code_contrat, montant, par, le FROM montant_opco WHERE organisme_id = $1 AND rang <= $2 ORDER BY rang;

-- name: montant-opco-of
SELECT rang, code_contrat, montant, par, le FROM montant_opco WHERE organisme_id = $1 AND code_contrat = $2 ORDER BY rang;

-- name: montant-opco-last
SELECT COALESCE(MAX(rang), 0) FROM montant_opco WHERE organisme_id = $1;

-- name: montant-opco-last-at
SELECT COALESCE(MAX(rang), 0) FROM montant_opco WHERE organisme_id = $1 AND synchronisation_id <= $2;

-- name: montant-opco-forget
DELETE FROM montant_opco WHERE organisme_id = $1;

-- name: echeancier-insert
INSERT INTO echeancier (organisme_id, rang, depose_le, jeton_id, par, fichier, lignes)
SELECT $1, COALESCE(MAX(rang), 0) + 1, $2, $3, $4, $5, $6 FROM echeancier WHERE organisme_id = $1
RETURNING rang;

-- name: echeancier-list
SELECT rang, depose_le, par, fichier, lignes FROM echeancier WHERE organisme_id = $1 ORDER BY rang DESC;

-- name: echeance-opco-insert
INSERT INTO echeance_opco (organisme_id, echeancier, rang, code_contrat, dossier, date, montant)
ROWS(bigint, bigint, bigint, text, text, bigint, bigint);

-- name: echeance-opco-standing
SELECT echeancier, code_contrat, dossier, date, montant FROM echeance_opco WHERE organisme_id = $1 ORDER BY echeancier DESC, rang;

-- name: echeancier-forget
DELETE FROM echeancier WHERE organisme_id = $1;

-- name: echeance-opco-forget
DELETE FROM echeance_opco WHERE organisme_id = $1;

-- name: cloture-financement-insert
INSERT INTO cloture_financement (organisme_id, societe_id, rang, npec, opco, options)
SELECT $1, $2, COALESCE(MAX(rang), 0), $3, $4, $5 FROM cloture WHERE organisme_id = $1 AND societe_id = $2;

-- name: cloture-financement-list
SELECT rang, npec, opco, options FROM cloture_financement WHERE organisme_id = $1 AND societe_id = $2 ORDER BY rang;
