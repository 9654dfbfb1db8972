-- name: reecriture-organismes
SELECT organisme_id FROM reecriture ORDER BY organisme_id;

-- name: reecriture-get
SELECT clos, code_contrat, jusqua FROM reecriture WHERE organisme_id = $1;

-- name: reecriture-set
UPDATE reecriture SET clos = $2, code_contrat = $3, jusqua = $4 WHERE organisme_id = $1;

-- name: reecriture-delete
DELETE FROM reecriture WHERE organisme_id = $1;

-- name: reecriture-actifs
SELECT document, code_contrat, profil_id, depuis, COALESCE(jusqua, 0), empreinte, CONTROLE FROM contrat
WHERE organisme_id = $1 AND jusqua IS NULL AND code_contrat > $2 ORDER BY code_contrat LIMIT $3;

-- name: reecriture-clos
SELECT document, code_contrat, profil_id, depuis, jusqua, empreinte, CONTROLE FROM contrat
WHERE organisme_id = $1 AND jusqua IS NOT NULL AND (code_contrat, jusqua) > ($2, $3) ORDER BY code_contrat, jusqua LIMIT $4;

-- name: contrat-keep
UPDATE contrat SET document = $4 SETCONTROLE($5) WHERE organisme_id = $1 AND code_contrat = $2 AND depuis = $3;
