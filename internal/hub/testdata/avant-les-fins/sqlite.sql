PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO goose_db_version VALUES(1,0,1,'2026-11-28 13:46:40');
INSERT INTO goose_db_version VALUES(2,1,1,'2026-11-28 13:46:40');
INSERT INTO goose_db_version VALUES(3,2,1,'2026-11-28 13:46:40');
INSERT INTO goose_db_version VALUES(4,3,1,'2026-11-28 13:46:40');
INSERT INTO goose_db_version VALUES(5,4,1,'2026-11-28 13:46:40');
INSERT INTO goose_db_version VALUES(6,6,1,'2026-11-28 13:46:40');
INSERT INTO goose_db_version VALUES(7,7,1,'2026-11-28 13:46:40');
INSERT INTO goose_db_version VALUES(8,8,1,'2026-11-28 13:46:40');
INSERT INTO goose_db_version VALUES(9,9,1,'2026-11-28 13:46:40');
CREATE TABLE organisme (
    id                       INTEGER PRIMARY KEY AUTOINCREMENT,
    nom                      TEXT    NOT NULL,
    sandbox                  INTEGER NOT NULL,
    seuil_archivage          INTEGER NOT NULL DEFAULT 30, -- percent; 100 turns the guard off
    rythme_ms                INTEGER,                     -- expected time between pushes; NULL: learnt from the journal
    derniere_synchronisation INTEGER NOT NULL DEFAULT 0,  -- the counter of synchronisation.id
    cree_le                  INTEGER NOT NULL             -- every time is in Unix milliseconds
);
INSERT INTO organisme VALUES(1,'CFA Horizon',0,30,NULL,4,1795873600767);
CREATE TABLE societe (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    nom          TEXT    NOT NULL,
    siret        TEXT    NOT NULL DEFAULT '',
    cree_le      INTEGER NOT NULL
, immatriculation INTEGER);
INSERT INTO societe VALUES(1,1,'CFA Horizon','',1795873600767,NULL);
CREATE TABLE partenaire (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    nom     TEXT    NOT NULL,
    secret  BLOB    NOT NULL, -- SHA-256
    cree_le INTEGER NOT NULL
);
CREATE TABLE jeton (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    organisme_id  INTEGER REFERENCES organisme (id), -- NULL: a cabinet token
    partenaire_id INTEGER REFERENCES partenaire (id),
    empreinte     BLOB    NOT NULL UNIQUE, -- SHA-256 of the token
    droits        TEXT    NOT NULL,        -- comma-separated
    prenom        TEXT    NOT NULL DEFAULT '',
    nom           TEXT    NOT NULL DEFAULT '',
    expire_le     INTEGER,
    revoque_le    INTEGER,
    servi_le      INTEGER,
    cree_le       INTEGER NOT NULL
);
INSERT INTO jeton VALUES(1,1,NULL,X'bd1a164fee1ffd01a856110cadd53a591294423ab1a3eafa939fe9be36586edc','contrats,integration,exercices','','',NULL,NULL,1795873601126,1795873600767);
CREATE TABLE synchronisation (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER NOT NULL, -- 1, 2, 3… of the organisme, in order of application
    origine      TEXT    NOT NULL,
    etat         TEXT    NOT NULL,
    lien         INTEGER,          -- the synchronisation that this one undoes or confirms
    jeton_id     INTEGER,
    par          TEXT    NOT NULL,
    debut        INTEGER NOT NULL,
    duree_ms     INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    ajoutes      INTEGER NOT NULL,
    ranimes      INTEGER NOT NULL, -- among ajoutes: contracts that had been archived
    modifies     INTEGER NOT NULL,
    identiques   INTEGER NOT NULL,
    archives     INTEGER NOT NULL,
    refuses      INTEGER NOT NULL,
    integres     INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, id)
) WITHOUT ROWID;
INSERT INTO synchronisation VALUES(1,1,'v1','appliquee',NULL,1,'jeton 1',1795873601129,21,8,8,0,0,0,0,0,0);
INSERT INTO synchronisation VALUES(1,2,'v1','appliquee',NULL,1,'jeton 1',1795873601192,1,6,0,0,1,5,2,0,6);
INSERT INTO synchronisation VALUES(1,3,'v1','appliquee',NULL,1,'jeton 1',1795873601220,0,7,1,1,0,6,0,0,7);
INSERT INTO synchronisation VALUES(1,4,'v1','appliquee',NULL,1,'jeton 1',1795873601273,0,3,0,0,0,3,4,0,3);
CREATE TABLE contrat (
    organisme_id INTEGER NOT NULL,
    code_contrat TEXT    NOT NULL,
    depuis       INTEGER NOT NULL,
    jusqua       INTEGER,
    empreinte    BLOB    NOT NULL, -- first 16 bytes of the SHA-256 of document
    profil_id    INTEGER NOT NULL,
    document     TEXT    NOT NULL
, controle BLOB);
INSERT INTO contrat VALUES(1,'K1',1,2,X'88570be06e2e297939e49d739f63813e',1,'{"codeContrat":"K1","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A1","nomApprenant":"Abadie1","prenomApprenant":"Inès","emailApprenant":"a1@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M1","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m1@employeur.example","nomEntreprise":"Atelier Perrin","dateDebut":"01/09/2025","dateFin":"31/08/2027","rncp":"RNCP38362"}',X'ca2f74fe');
INSERT INTO contrat VALUES(1,'K2',1,2,X'def489b80aa8176497616f35403de1ca',2,'{"codeContrat":"K2","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A2","nomApprenant":"Abadie2","prenomApprenant":"Inès","emailApprenant":"a2@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M2","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m2@employeur.example","nomEntreprise":"Atelier Perrin","dateDebut":"01/09/2024","dateFin":"31/08/2026","rncp":"38362"}',X'62e9e00b');
INSERT INTO contrat VALUES(1,'K3',1,4,X'32dca42f9b1c95b8b042801fb560e08a',1,'{"codeContrat":"K3","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A3","nomApprenant":"Abadie3","prenomApprenant":"Inès","emailApprenant":"a3@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M3","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m3@employeur.example","nomEntreprise":"Atelier Perrin","dateDebut":"01/09/2025","dateFin":"31/08/2027","rncp":"RNCP38362"}',X'2d5d34f0');
INSERT INTO contrat VALUES(1,'K4',1,2,X'd59d98942c254c2996bd0c1c0b36426b',2,'{"codeContrat":"K4","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A4","nomApprenant":"Abadie4","prenomApprenant":"Inès","emailApprenant":"a4@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M4","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m4@employeur.example","nomEntreprise":"Atelier Perrin","dateDebut":"01/09/2025","dateFin":"31/08/2027","rncp":"38362"}',X'7e341c69');
INSERT INTO contrat VALUES(1,'K5',1,4,X'ee00f7db94f69f743689d5f12e39a83c',1,'{"codeContrat":"K5","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A5","nomApprenant":"Abadie5","prenomApprenant":"Inès","emailApprenant":"a5@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M5","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m5@employeur.example","nomEntreprise":"Atelier Perrin","dateDebut":"01/09/2025","rncp":"RNCP38362"}',X'87a1f7ed');
INSERT INTO contrat VALUES(1,'K6',1,4,X'05a236d5b50b92e84c14c450b0a86f74',2,'{"codeContrat":"K6","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A6","nomApprenant":"Abadie6","prenomApprenant":"Inès","emailApprenant":"a6@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M6","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m6@employeur.example","nomEntreprise":"Atelier Perrin","rncp":"38362"}',X'5aad544e');
INSERT INTO contrat VALUES(1,'K7',1,4,X'91bed350d0d7fce18e9fc764230215a6',1,'{"codeContrat":"K7","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A7","nomApprenant":"Abadie7","prenomApprenant":"Inès","emailApprenant":"a7@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M7","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m7@employeur.example","nomEntreprise":"Atelier Perrin","dateDebut":"01/09/2027","dateFin":"31/08/2028","rncp":"RNCP38362"}',X'4187ecc0');
INSERT INTO contrat VALUES(1,'K8',1,NULL,X'9a368da67d4bb0d7af77bbfb8300a5ec',2,'{"codeContrat":"K8","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A8","nomApprenant":"Abadie8","prenomApprenant":"Inès","emailApprenant":"a8@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M8","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m8@employeur.example","nomEntreprise":"Atelier Perrin","dateDebut":"01/09/2025","dateFin":"31/08/2026","rncp":"38362"}',X'200b5fc1');
INSERT INTO contrat VALUES(1,'K1',2,NULL,X'ae18f13f57cdb0646f67c82ee7dd3538',1,'{"codeContrat":"K1","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A1","nomApprenant":"Abadie1","prenomApprenant":"Inès","emailApprenant":"a1@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M1","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m1@employeur.example","nomEntreprise":"Atelier Perrin","dateDebut":"01/09/2025","dateFin":"31/08/2027","missionTitle":"Vendre","rncp":"RNCP38362"}',X'b0464ed1');
INSERT INTO contrat VALUES(1,'K4',3,NULL,X'd59d98942c254c2996bd0c1c0b36426b',2,'{"codeContrat":"K4","codeGroupe":"G1","nomGroupe":"MCO1-A","codeSite":"LYO","nomSite":"Lyon","codePeriode":"2025","nomPeriode":"2025/2026","codeFormation":"MCO","nomFormation":"BTS MCO","codeAnnee":"1","nomAnnee":"1re année","codeApprenant":"A4","nomApprenant":"Abadie4","prenomApprenant":"Inès","emailApprenant":"a4@apprenti.example","codePersonnel":"F1","nomPersonnel":"Morel","prenomPersonnel":"Claire","emailPersonnel":"claire.morel@cfa.example","codeMaitreApprentissage":"M4","nomMaitreApprentissage":"Perrin","prenomMaitreApprentissage":"Odile","emailMaitreApprentissage":"m4@employeur.example","nomEntreprise":"Atelier Perrin","dateDebut":"01/09/2025","dateFin":"31/08/2027","rncp":"38362"}',X'7e341c69');
CREATE TABLE modele (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    nom          TEXT    NOT NULL,
    criteres     TEXT    NOT NULL, -- JSON
    actif        INTEGER NOT NULL,
    cree_le      INTEGER NOT NULL,
    modifie_le   INTEGER NOT NULL
);
INSERT INTO modele VALUES(1,1,'MCO','{"codeFormation":"MCO"}',1,1795873601177,1795873601177);
CREATE TABLE session (
    organisme_id   INTEGER NOT NULL REFERENCES organisme (id),
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    cle            BLOB   NOT NULL, -- first 16 bytes of the SHA-256 of its five codes
    code_site      TEXT NOT NULL, nom_site      TEXT NOT NULL,
    code_periode   TEXT NOT NULL, nom_periode   TEXT NOT NULL,
    code_formation TEXT NOT NULL, nom_formation TEXT NOT NULL,
    code_annee     TEXT NOT NULL, nom_annee     TEXT NOT NULL,
    code_groupe    TEXT NOT NULL, nom_groupe    TEXT NOT NULL,
    cree_le        INTEGER NOT NULL,
    UNIQUE (organisme_id, cle)
);
INSERT INTO session VALUES(1,1,X'a70cbfc5b4e32083bea6566199de00c5','LYO','Lyon','2025','2025/2026','MCO','BTS MCO','1','1re année','G1','MCO1-A',1795873601177);
CREATE TABLE profil (
    organisme_id   INTEGER NOT NULL REFERENCES organisme (id),
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    cle            BLOB    NOT NULL, -- first 16 bytes of the SHA-256 of the values
    code_groupe    TEXT NOT NULL, nom_groupe    TEXT NOT NULL,
    code_site      TEXT NOT NULL, nom_site      TEXT NOT NULL,
    code_periode   TEXT NOT NULL, nom_periode   TEXT NOT NULL,
    code_formation TEXT NOT NULL, nom_formation TEXT NOT NULL,
    code_annee     TEXT NOT NULL, nom_annee     TEXT NOT NULL,
    code_marque    TEXT NOT NULL, nom_marque    TEXT NOT NULL,
    month_start    TEXT NOT NULL, rncp          TEXT NOT NULL,
    effectif       INTEGER NOT NULL, -- active contracts
    session_id     INTEGER,
    modele_id      INTEGER,
    motif          TEXT    NOT NULL, -- why there is no session: '', aucun-modele, modeles-ambigus
    modeles        TEXT    NOT NULL, -- JSON list of the ids of ambiguous modèles
    motif_depuis   INTEGER NOT NULL,
    UNIQUE (organisme_id, cle)
);
INSERT INTO profil VALUES(1,1,X'6015094465351b1b8bbdc2ea45c446ae','G1','MCO1-A','LYO','Lyon','2025','2025/2026','MCO','BTS MCO','1','1re année','','','','RNCP38362',1,1,1,'','[]',1795873601177);
INSERT INTO profil VALUES(1,2,X'd56c89aaa78fef8e53f152260df3ddea','G1','MCO1-A','LYO','Lyon','2025','2025/2026','MCO','BTS MCO','1','1re année','','','','38362',2,1,1,'','[]',1795873601177);
CREATE TABLE personne (
    organisme_id INTEGER NOT NULL,
    code         TEXT    NOT NULL,
    role         INTEGER NOT NULL, -- 0 apprenant, 1 personnel, 2 maître d'apprentissage
    email        TEXT    NOT NULL, -- lower case
    nom          TEXT    NOT NULL,
    prenom       TEXT    NOT NULL,
    effectif     INTEGER NOT NULL, -- times that active contracts name them
    PRIMARY KEY (organisme_id, code)
) WITHOUT ROWID;
INSERT INTO personne VALUES(1,'A1',0,'a1@apprenti.example','Abadie1','Inès',1);
INSERT INTO personne VALUES(1,'A4',0,'a4@apprenti.example','Abadie4','Inès',1);
INSERT INTO personne VALUES(1,'A8',0,'a8@apprenti.example','Abadie8','Inès',1);
INSERT INTO personne VALUES(1,'F1',1,'claire.morel@cfa.example','Morel','Claire',3);
INSERT INTO personne VALUES(1,'M1',2,'m1@employeur.example','Perrin','Odile',1);
INSERT INTO personne VALUES(1,'M4',2,'m4@employeur.example','Perrin','Odile',1);
INSERT INTO personne VALUES(1,'M8',2,'m8@employeur.example','Perrin','Odile',1);
CREATE TABLE anomalie (
    organisme_id    INTEGER NOT NULL REFERENCES organisme (id),
    rang            INTEGER NOT NULL,
    nature          TEXT    NOT NULL, -- refus, avertissement
    position        INTEGER NOT NULL, -- index in the push
    code_contrat    TEXT    NOT NULL,
    champ           TEXT    NOT NULL,
    code            TEXT    NOT NULL,
    message         TEXT    NOT NULL,
    oppose_a        TEXT    NOT NULL,
    depuis          INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, rang)
) WITHOUT ROWID;
CREATE TABLE push_retenu (
    organisme_id       INTEGER NOT NULL,
    synchronisation_id INTEGER NOT NULL,
    partie             INTEGER NOT NULL,
    contenu            BLOB    NOT NULL,
    PRIMARY KEY (organisme_id, synchronisation_id, partie)
);
CREATE TABLE exercice (
    organisme_id       INTEGER NOT NULL REFERENCES organisme (id),
    societe_id         INTEGER NOT NULL,
    id                 INTEGER PRIMARY KEY AUTOINCREMENT, -- producerId, exercice_id
    debut              INTEGER NOT NULL,
    fin                INTEGER NOT NULL,
    lettrage           TEXT    NOT NULL,
    clos_le            INTEGER,          -- NULL: open
    clos_par           INTEGER,          -- id of the person
    clos_prenom        TEXT    NOT NULL DEFAULT '',
    clos_nom           TEXT    NOT NULL DEFAULT '',
    report_a_nouveau   INTEGER NOT NULL DEFAULT 0,
    review_model_id    INTEGER NOT NULL DEFAULT 0,
    review_model_label TEXT    NOT NULL DEFAULT ''
);
INSERT INTO exercice VALUES(1,1,1,20089,20453,'MONO',20785,1,'','',0,0,'');
INSERT INTO exercice VALUES(1,1,2,20454,20818,'MONO',NULL,NULL,'','',0,0,'');
CREATE TABLE evenement_exercice (
    organisme_id INTEGER NOT NULL,
    societe_id   INTEGER NOT NULL,
    rang         INTEGER NOT NULL, -- 1, 2, 3… of the société, in order of recording
    quand        INTEGER NOT NULL,
    genre        TEXT    NOT NULL,
    jeton_id     INTEGER,          -- NULL: the command line
    par          TEXT    NOT NULL,
    exercice     TEXT    NOT NULL, -- JSON
    PRIMARY KEY (organisme_id, societe_id, rang)
) WITHOUT ROWID;
INSERT INTO evenement_exercice VALUES(1,1,1,1795873601238,'creation',1,'','{"id":1,"debut":"2025-01-01","fin":"2025-12-31","lettrage":"MONO"}');
INSERT INTO evenement_exercice VALUES(1,1,2,1795873601238,'creation',1,'','{"id":2,"debut":"2026-01-01","fin":"2026-12-31","lettrage":"MONO"}');
INSERT INTO evenement_exercice VALUES(1,1,3,1795873601261,'cloture',1,'','{"id":1,"debut":"2025-01-01","fin":"2025-12-31","lettrage":"MONO","closLe":"2026-11-28","closPar":1}');
CREATE TABLE cloture (
    organisme_id INTEGER NOT NULL,
    societe_id   INTEGER NOT NULL,
    rang         INTEGER NOT NULL, -- 1, 2, 3… of the société
    exercice_id  INTEGER NOT NULL,
    quand_us     INTEGER NOT NULL, -- Unix microseconds, as the digest has them
    ventilation  BLOB    NOT NULL, -- SHA-256; 32 zeros where none was recorded
    synchronisation_id INTEGER NOT NULL, -- the latest when it was recorded: the contracts that ventilation is about
    precedent    BLOB    NOT NULL, -- SHA-256; 32 zeros for the first
    empreinte    BLOB    NOT NULL, liste_tarifs INTEGER NOT NULL DEFAULT 0, -- SHA-256
    PRIMARY KEY (organisme_id, societe_id, rang)
) WITHOUT ROWID;
INSERT INTO cloture VALUES(1,1,1,1,1795873601261228,X'616641cd7d214a1c63cc85270f38500e4384b8aa7f0dbedf84918d25e58eedcc',3,X'0000000000000000000000000000000000000000000000000000000000000000',X'ede147e2646c65c6fa031ebc1ae89809ad4c725e36ca04d1cbde988c0f37da57',0);
CREATE TABLE reponse (
    organisme_id INTEGER NOT NULL,
    societe_id   INTEGER NOT NULL,
    jeton_id     INTEGER NOT NULL,
    cle          TEXT    NOT NULL,
    demande      BLOB    NOT NULL, -- SHA-256 of the request
    statut       INTEGER NOT NULL,
    corps        BLOB    NOT NULL,
    cree_le      INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, societe_id, jeton_id, cle)
) WITHOUT ROWID;
CREATE TABLE compte (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    email        TEXT NOT NULL UNIQUE, -- lower case
    nom          TEXT NOT NULL,
    prenom       TEXT NOT NULL,
    role         TEXT NOT NULL,
    mot_de_passe TEXT NOT NULL, -- argon2id, as a PHC string
    cree_le      INTEGER NOT NULL,
    desactive_le INTEGER,
    connecte_le  INTEGER
);
CREATE TABLE session_console (
    empreinte BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the cookie
    donnees   BLOB NOT NULL,
    expire_le INTEGER NOT NULL
);
CREATE TABLE echec_connexion (
    cle    BLOB NOT NULL PRIMARY KEY,
    debut  INTEGER NOT NULL, -- of the span in which they are counted
    nombre INTEGER NOT NULL
);
CREATE TABLE acte (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    nature       TEXT    NOT NULL, -- export, effacement, purge
    par          TEXT    NOT NULL,
    le           INTEGER NOT NULL,
    contrats     INTEGER NOT NULL,
    versions     INTEGER NOT NULL
);
CREATE TABLE liste_tarifs (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    rang         INTEGER NOT NULL, -- 1, 2, 3… of the organisme; the highest is the one in use
    cree_le      INTEGER NOT NULL,
    par          TEXT NOT NULL,
    effectif     INTEGER NOT NULL, -- rows of tarif
    PRIMARY KEY (organisme_id, rang)
) WITHOUT ROWID;
CREATE TABLE tarif (
    organisme_id INTEGER NOT NULL,
    liste        INTEGER NOT NULL, -- rang of liste_tarifs
    rang         INTEGER NOT NULL, -- 0, 1, 2… in the order of the list
    genre        TEXT NOT NULL, -- formation or rncp
    code         TEXT NOT NULL,
    montant      INTEGER NOT NULL, -- cents per year
    debut        INTEGER NOT NULL, -- validity, days since 1970-01-01
    fin          INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, liste, rang)
) WITHOUT ROWID;
CREATE TABLE matrice (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    version      INTEGER NOT NULL,
    document     TEXT    NOT NULL,
    par          TEXT    NOT NULL,
    le           INTEGER NOT NULL,
    PRIMARY KEY (organisme_id, version)
);
CREATE TABLE import (
    organisme_id       INTEGER NOT NULL REFERENCES organisme (id),
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    nom                TEXT    NOT NULL, -- of the file
    taille             INTEGER NOT NULL, -- in bytes, 0 once the file is erased
    empreinte          BLOB    NOT NULL, -- SHA-256 of the file
    feuille            TEXT    NOT NULL,
    matrice            TEXT    NOT NULL,
    origine_matrice    TEXT    NOT NULL, -- memoire, proposition, choix
    etat               TEXT    NOT NULL, -- attente, retenu, importe
    synchronisation_id INTEGER,
    par                TEXT    NOT NULL,
    depose_le          INTEGER NOT NULL,
    efface_le          INTEGER
);
CREATE TABLE import_partie (
    organisme_id INTEGER NOT NULL,
    import_id    INTEGER NOT NULL,
    partie       INTEGER NOT NULL,
    contenu      BLOB    NOT NULL,
    PRIMARY KEY (organisme_id, import_id, partie)
);
CREATE TABLE webhook (
    organisme_id  INTEGER NOT NULL REFERENCES organisme (id),
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    nom           TEXT NOT NULL,
    url           TEXT NOT NULL,
    evenements    TEXT NOT NULL,           -- types, separated by commas; '' for all
    actif         INTEGER NOT NULL,
    motif         TEXT NOT NULL DEFAULT '', -- why the hub turned it off
    secret        TEXT NOT NULL,           -- signing needs the secret itself
    ancien_secret TEXT NOT NULL DEFAULT '',
    ancien_jusqua INTEGER NOT NULL DEFAULT 0,  -- until when the one before signs too
    echecs        INTEGER NOT NULL DEFAULT 0,  -- attempts that failed since the last success
    echec_le      INTEGER,                     -- the first of them
    prochain_le   INTEGER NOT NULL DEFAULT 0,  -- no attempt before
    bail          TEXT NOT NULL DEFAULT '', -- which process delivers to it
    bail_jusqua   INTEGER NOT NULL DEFAULT 0,
    cree_le       INTEGER NOT NULL
);
CREATE TABLE livraison (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id   INTEGER NOT NULL,
    evenement    TEXT NOT NULL, -- the webhook-id header
    type         TEXT NOT NULL,
    contenu      TEXT NOT NULL, -- the body
    etat         TEXT NOT NULL, -- attente, livree, abandonnee
    cree_le      INTEGER NOT NULL,
    essais       INTEGER NOT NULL DEFAULT 0,
    essai_le     INTEGER,
    finie_le     INTEGER,
    statut       INTEGER NOT NULL DEFAULT 0, -- HTTP status of the last answer
    erreur       TEXT NOT NULL DEFAULT ''
);
CREATE TABLE silence (
    organisme_id INTEGER NOT NULL REFERENCES organisme (id),
    dernier      INTEGER NOT NULL,
    PRIMARY KEY (organisme_id)
) WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('goose_db_version',9);
INSERT INTO sqlite_sequence VALUES('organisme',1);
INSERT INTO sqlite_sequence VALUES('societe',1);
INSERT INTO sqlite_sequence VALUES('jeton',1);
INSERT INTO sqlite_sequence VALUES('profil',8);
INSERT INTO sqlite_sequence VALUES('modele',1);
INSERT INTO sqlite_sequence VALUES('session',1);
INSERT INTO sqlite_sequence VALUES('exercice',2);
CREATE INDEX societe_organisme ON societe (organisme_id);
CREATE INDEX contrat_actif  ON contrat (organisme_id, code_contrat, empreinte, profil_id) WHERE jusqua IS NULL;
CREATE INDEX contrat_clos   ON contrat (organisme_id, code_contrat, jusqua) WHERE jusqua IS NOT NULL;
CREATE INDEX modele_organisme ON modele (organisme_id, id);
CREATE INDEX personne_email ON personne (organisme_id, email);
CREATE INDEX exercice_societe ON exercice (organisme_id, societe_id, debut);
CREATE INDEX reponse_age ON reponse (cree_le);
CREATE INDEX compte_organisme ON compte (organisme_id);
CREATE INDEX session_console_expire ON session_console (expire_le);
CREATE INDEX contrat_depuis ON contrat (organisme_id, depuis, code_contrat);
CREATE INDEX contrat_jusqua ON contrat (organisme_id, jusqua, code_contrat) WHERE jusqua IS NOT NULL;
CREATE INDEX acte_organisme ON acte (organisme_id, id);
CREATE INDEX import_organisme ON import (organisme_id, id);
CREATE INDEX webhook_organisme ON webhook (organisme_id, id);
CREATE INDEX livraison_webhook ON livraison (organisme_id, webhook_id, id);
CREATE INDEX livraison_attente ON livraison (organisme_id, webhook_id, id) WHERE etat = 'attente';
COMMIT;
