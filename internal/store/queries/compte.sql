-- name: compte-insert
INSERT INTO compte (organisme_id, email, nom, prenom, role, mot_de_passe, cree_le) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (email) DO NOTHING RETURNING id;

-- name: compte-list
SELECT id, organisme_id, email, nom, prenom, role, cree_le, desactive_le, connecte_le
FROM compte WHERE $1 = 0 OR organisme_id = $1 ORDER BY nom, prenom, id;

-- name: compte-get
SELECT id, organisme_id, email, nom, prenom, role, cree_le, desactive_le, connecte_le, mot_de_passe FROM compte WHERE id = $1;

-- name: compte-by-email
SELECT id, organisme_id, email, nom, prenom, role, cree_le, desactive_le, connecte_le, mot_de_passe FROM compte WHERE email = $1;

-- name: compte-update
UPDATE compte SET nom = $3, prenom = $4, role = $5, desactive_le = $6 WHERE organisme_id = $1 AND id = $2;

-- name: compte-password
UPDATE compte SET mot_de_passe = $3 WHERE organisme_id = $1 AND id = $2;

-- name: compte-connecte
UPDATE compte SET connecte_le = $3 WHERE organisme_id = $1 AND id = $2;

-- name: session-console-get
SELECT donnees FROM session_console WHERE empreinte = $1 AND expire_le > $2;

-- name: session-console-put
INSERT INTO session_console (empreinte, donnees, expire_le) VALUES ($1, $2, $3)
ON CONFLICT (empreinte) DO UPDATE SET donnees = excluded.donnees, expire_le = excluded.expire_le;

-- name: session-console-list
SELECT empreinte, donnees FROM session_console;

-- name: session-console-delete
DELETE FROM session_console WHERE empreinte = $1;

-- name: session-console-expire
DELETE FROM session_console WHERE expire_le <= $1;

-- name: echec-connexion-get
SELECT nombre FROM echec_connexion WHERE cle = $1 AND debut > $2 AND debut < $3;

-- name: echec-connexion-add
INSERT INTO echec_connexion (cle, debut, nombre) VALUES ($1, $2, 1)
ON CONFLICT (cle) DO UPDATE SET
    nombre = CASE WHEN echec_connexion.debut > $3 AND echec_connexion.debut < $4 THEN echec_connexion.nombre + 1 ELSE 1 END,
    debut = CASE WHEN echec_connexion.debut > $3 AND echec_connexion.debut < $4 THEN echec_connexion.debut ELSE excluded.debut END;

-- name: echec-connexion-delete
DELETE FROM echec_connexion WHERE cle = $1;

-- name: echec-connexion-expire
DELETE FROM echec_connexion WHERE debut <= $1;
