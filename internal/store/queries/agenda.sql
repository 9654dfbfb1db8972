-- name: absence-forget-of
DELETE FROM absence WHERE organisme_id = $1 AND code_apprenant = $2;

-- name: absence-forget
DELETE FROM absence WHERE organisme_id = $1;

-- name: absence-insert
INSERT INTO absence (organisme_id, code_apprenant, rang, debut, fin, nature, justifiee, motif, recu_le)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: absence-list
SELECT debut, fin, nature, justifiee, motif, recu_le FROM absence WHERE organisme_id = $1 AND code_apprenant = $2 ORDER BY rang;

-- name: absence-apprenants
SELECT DISTINCT code_apprenant FROM absence WHERE organisme_id = $1 ORDER BY code_apprenant;

-- name: calendrier-save
INSERT INTO calendrier (organisme_id, code_groupe, adresse, recu_le, essai_le, erreur, lu_le, evenements, contenu)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (organisme_id, code_groupe) DO UPDATE SET adresse = excluded.adresse, recu_le = excluded.recu_le, essai_le = excluded.essai_le,
    erreur = excluded.erreur, lu_le = excluded.lu_le, evenements = excluded.evenements, contenu = excluded.contenu;

-- name: calendrier-get
SELECT code_groupe, adresse, recu_le, essai_le, erreur, lu_le, evenements, contenu
FROM calendrier WHERE organisme_id = $1 AND code_groupe = $2;

-- name: calendrier-forget
DELETE FROM calendrier WHERE organisme_id = $1;

-- name: groupe-known
SELECT COUNT(*) FROM profil WHERE organisme_id = $1 AND code_groupe = $2 AND effectif > 0;
