-- name: acces-put
INSERT INTO acces (organisme_id, compte_id, role, cree_le) VALUES ($1, $2, $3, $4)
ON CONFLICT (organisme_id, compte_id) DO UPDATE SET role = excluded.role;

-- name: acces-delete
DELETE FROM acces WHERE organisme_id = $1 AND compte_id = $2;

-- name: acces-of-compte
SELECT organisme_id, role FROM acces WHERE compte_id = $1 ORDER BY organisme_id;

-- name: acces-of-organisme
SELECT c.id, a.organisme_id, c.email, c.nom, c.prenom, a.role, a.cree_le, c.desactive_le, c.connecte_le
FROM acces a JOIN compte c ON c.id = a.compte_id WHERE a.organisme_id = $1 ORDER BY c.nom, c.prenom, c.id;
