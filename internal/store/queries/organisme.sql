-- name: organisme-insert
INSERT INTO organisme (nom, sandbox, cree_le) VALUES ($1, $2, $3) RETURNING id;

-- name: organisme-list
SELECT id, nom, sandbox, reglages, COALESCE(rythme_ms, 0), cree_le FROM organisme ORDER BY id;

-- name: organisme-get
SELECT id, nom, sandbox, reglages, COALESCE(rythme_ms, 0), cree_le FROM organisme WHERE id = $1;

-- name: organisme-revision
SELECT revision FROM organisme WHERE id = $1;

-- name: organisme-reglages
UPDATE organisme SET reglages = $2 WHERE id = $1;

-- name: organisme-rythme
UPDATE organisme SET rythme_ms = $2 WHERE id = $1;

-- name: organisme-a-replacer
SELECT id FROM organisme WHERE a_replacer = 1 ORDER BY id;

-- name: organisme-replace
UPDATE organisme SET a_replacer = 0 WHERE id = $1 AND a_replacer = 1;

-- name: reglage-insert
INSERT INTO reglage (organisme_id, cle, avant, apres, par, jeton_id, le) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: reglage-count
SELECT COUNT(*) FROM reglage WHERE organisme_id = $1;

-- name: reglage-page
SELECT cle, avant, apres, par, COALESCE(jeton_id, 0), le FROM reglage WHERE organisme_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3;

-- name: organisme-next-synchronisation
UPDATE organisme SET derniere_synchronisation = derniere_synchronisation + 1 WHERE id = $1 RETURNING derniere_synchronisation;

-- name: societe-insert
INSERT INTO societe (organisme_id, nom, siret, immatriculation, reference, cree_le) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id;

-- name: societe-update
UPDATE societe SET nom = $3, siret = $4, immatriculation = $5, reference = $6 WHERE organisme_id = $1 AND id = $2;

-- name: societe-list
SELECT organisme_id, id, nom, siret, immatriculation, reference FROM societe WHERE organisme_id = $1 ORDER BY id;

-- name: societe-all
SELECT organisme_id, id, nom, siret, immatriculation, reference FROM societe ORDER BY id;

-- name: partenaire-insert
INSERT INTO partenaire (nom, secret, cree_le) VALUES ($1, $2, $3) RETURNING id;

-- name: partenaire-get
SELECT id, nom, cree_le FROM partenaire WHERE id = $1;

-- name: partenaire-list
SELECT id, nom, cree_le FROM partenaire ORDER BY id;

-- name: jeton-insert
INSERT INTO jeton (organisme_id, partenaire_id, empreinte, droits, prenom, nom, expire_le, cree_le, logiciel, debut)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id;

-- name: jeton-list
SELECT j.id, COALESCE(j.organisme_id, 0), COALESCE(j.partenaire_id, 0), j.droits, j.prenom, j.nom, j.cree_le, j.expire_le, j.revoque_le, j.servi_le, j.logiciel, j.debut
FROM jeton j WHERE $1 = 0 OR j.organisme_id = $1 ORDER BY j.id;

-- name: jeton-by-empreinte
SELECT j.id, COALESCE(j.organisme_id, 0), COALESCE(j.partenaire_id, 0), j.droits, j.prenom, j.nom, j.cree_le, j.expire_le, j.revoque_le, j.servi_le, j.logiciel, j.debut,
       p.secret
FROM jeton j LEFT JOIN partenaire p ON p.id = j.partenaire_id WHERE j.empreinte = $1;

-- name: jeton-revoke
UPDATE jeton SET revoque_le = $2 WHERE id = $1 AND revoque_le IS NULL RETURNING COALESCE(organisme_id, 0), logiciel;

-- name: jeton-exists
SELECT COUNT(*) FROM jeton WHERE id = $1;

-- name: jeton-served
UPDATE jeton SET servi_le = $2 WHERE id = $1 AND (servi_le IS NULL OR servi_le < $2);
