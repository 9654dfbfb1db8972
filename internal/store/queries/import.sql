-- name: matrice-latest
SELECT version, document FROM matrice WHERE organisme_id = $1 ORDER BY version DESC LIMIT 1;

-- name: matrice-list
SELECT version, document, par, le FROM matrice WHERE organisme_id = $1 ORDER BY version;

-- name: matrice-insert
INSERT INTO matrice (organisme_id, version, document, par, le) VALUES ($1, $2, $3, $4, $5);

-- name: matrice-rewrite
UPDATE matrice SET document = $3 WHERE organisme_id = $1 AND version = $2;

-- name: import-insert
INSERT INTO import (organisme_id, nom, taille, empreinte, feuille, matrice, origine_matrice, etat, par, depose_le)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'attente', $8, $9) RETURNING id;

-- name: import-get
SELECT id, nom, taille, empreinte, feuille, matrice, origine_matrice, etat, COALESCE(synchronisation_id, 0), par, depose_le, efface_le
FROM import WHERE organisme_id = $1 AND id = $2;

-- name: import-list
SELECT id, nom, taille, empreinte, feuille, matrice, origine_matrice, etat, COALESCE(synchronisation_id, 0), par, depose_le, efface_le
FROM import WHERE organisme_id = $1 AND (CAST($2 AS BIGINT) = 0 OR synchronisation_id = $2) ORDER BY id DESC LIMIT $3 OFFSET $4;

-- name: import-count
SELECT COUNT(*) FROM import WHERE organisme_id = $1 AND (CAST($2 AS BIGINT) = 0 OR synchronisation_id = $2);

-- name: import-matrice
UPDATE import SET matrice = $3, origine_matrice = $4, feuille = $5 WHERE organisme_id = $1 AND id = $2;

-- name: import-etat
UPDATE import SET etat = $3, synchronisation_id = $4 WHERE organisme_id = $1 AND id = $2;

-- name: import-confirmed
UPDATE import SET etat = 'importe', synchronisation_id = $3 WHERE organisme_id = $1 AND synchronisation_id = $2 AND etat = 'retenu';

-- name: import-delete
DELETE FROM import WHERE organisme_id = $1 AND id = $2;

-- name: import-part-insert
INSERT INTO import_partie (organisme_id, import_id, partie, contenu) VALUES ($1, $2, $3, $4);

-- name: import-parts
SELECT contenu FROM import_partie WHERE organisme_id = $1 AND import_id = $2 ORDER BY partie;

-- name: import-parts-delete
DELETE FROM import_partie WHERE organisme_id = $1 AND import_id = $2;

-- name: import-kept
SELECT id FROM import WHERE organisme_id = $1 AND depose_le < $2 AND efface_le IS NULL ORDER BY id;

-- name: import-erase
UPDATE import SET nom = '', taille = 0, matrice = '', efface_le = $3 WHERE organisme_id = $1 AND id = $2;

-- name: import-waiting-count
SELECT COUNT(*) FROM import WHERE organisme_id = $1 AND etat IN ('attente', 'retenu');

-- name: import-waiting-all
SELECT organisme_id, id FROM import WHERE etat = 'attente' AND depose_le < $1 OR etat = 'retenu' AND depose_le < $2 ORDER BY organisme_id, id;

-- name: import-apercu-get
SELECT etat, contenu FROM import_apercu WHERE organisme_id = $1 AND import_id = $2 AND ajoute = $3;

-- name: import-apercu-put
INSERT INTO import_apercu (organisme_id, import_id, ajoute, etat, contenu)
SELECT organisme_id, id, CAST($3 AS BIGINT), CAST($4 AS TEXT), $5 FROM import
WHERE organisme_id = $1 AND id = $2 AND efface_le IS NULL AND etat = 'attente'
ON CONFLICT (organisme_id, import_id, ajoute) DO UPDATE SET etat = excluded.etat, contenu = excluded.contenu;

-- name: import-apercu-delete
DELETE FROM import_apercu WHERE organisme_id = $1 AND import_id = $2;
