package refus

import "slices"

// all is every code that there is.
var all []Code

func code(kind Kind, text string) Code {
	c := Code{kind, text}
	all = append(all, c)
	return c
}

// All returns every code that there is.
func All() []Code { return slices.Clone(all) }

// To add a refusal, add its line here: every way in answers it by its kind. Where one
// has a better remedy than the sentence of who refuses, its own table says it.
var (
	CodeNotFound  = code(NotFound, "not found")
	CodeChanged   = code(Outdated, "changed")
	CodeForbidden = code(Forbidden, "forbidden")

	CodeNoRoute = code(NotFound, "no route")

	// Who asks.
	CodeTokenUnknown    = code(Unauthenticated, "token unknown")
	CodeTokenRevoked    = code(Unauthenticated, "token revoked")
	CodeTokenExpired    = code(Unauthenticated, "token expired")
	CodeSecretMissing   = code(Unauthenticated, "secret missing")
	CodeSecretInvalid   = code(Unauthenticated, "secret invalid")
	CodeHeaderInvalid   = code(Unauthenticated, "header invalid")
	CodeNoAccess        = code(Forbidden, "no access") // an access that nobody gave
	CodeDisabledAccount = code(Forbidden, "disabled account")
	CodeUnknownAccount  = code(Forbidden, "unknown account")
	CodeOtherCentre     = code(Conflict, "other centre")
	CodeNoPasswords     = code(Forbidden, "no passwords")
	CodeCrossOrigin     = code(Forbidden, "cross-origin")

	// How it is asked.
	CodeMethod              = code(Method, "method not allowed")
	CodeInvalidParameter    = code(Unreadable, "invalid parameter")
	CodeInvalidChoice       = code(Invalid, "invalid choice")
	CodeNoFile              = code(Unreadable, "no file")
	CodeUnreadableForm      = code(Invalid, "unreadable form")
	CodeUnsupportedEncoding = code(Unsupported, "unsupported encoding")
	CodeUnsupportedType     = code(Unsupported, "unsupported type")
	CodeMalformedJSON       = code(Unreadable, "malformed json")
	CodeMalformedGzip       = code(Unreadable, "malformed gzip")
	CodeUnreadableBody      = code(Unreadable, "unreadable body")
	CodeBodyTooSlow         = code(TooSlow, "body too slow")
	CodeBodyTooLarge        = code(TooLarge, "body too large")
	CodeTooManyContrats     = code(TooLarge, "too many contrats")
	CodeTooManyCalls        = code(TooMany, "too many calls")
	CodeTooManyAtOnce       = code(TooMany, "too many calls at once")
	CodeKeyReused           = code(Invalid, "idempotency key reused")

	// Contracts and their files.
	CodeInvalidContrats = code(Invalid, "invalid contrats")
	CodeEmptyPush       = code(Invalid, "empty push")
	CodeMassArchive     = code(Conflict, "mass archive")
	CodePushHeld        = code(Conflict, "push held")
	CodePushRejected    = code(Conflict, "push rejected")
	CodeNotHeld         = code(Conflict, "not held")
	CodeNotApplied      = code(Conflict, "not applied")
	CodeNotUndoable     = code(Conflict, "not undoable")
	CodeNotASandbox     = code(Forbidden, "not a sandbox")
	CodeInvalidMapping  = code(Invalid, "invalid mapping")
	CodeMappingMismatch = code(Invalid, "mapping mismatch")
	CodePreviewOutdated = code(Conflict, "preview outdated")
	CodeAlreadyImported = code(Conflict, "already imported")
	CodeFileErased      = code(NotFound, "file erased")
	CodeFileEmpty       = code(Invalid, "file-empty")
	CodeFileTooLarge    = code(TooLarge, "file-too-large")
	CodeFileKind        = code(Invalid, "file-kind")
	CodeFilePassword    = code(Invalid, "file-password")
	CodeFileCorrupt     = code(Invalid, "file-corrupt")
	CodeFileBomb        = code(Invalid, "file-bomb")
	CodeFileNoTable     = code(Invalid, "file-no-table")
	CodeFileOneColumn   = code(Invalid, "file-one-column")
	CodeFileSheet       = code(Invalid, "file-sheet")
	CodeInvalidModele   = code(Invalid, "invalid modele")
	CodeInvalidFin      = code(Invalid, "invalid fin")
	CodeActiveContrat   = code(Conflict, "active contrat")
	CodeInvalidAge      = code(Invalid, "invalid age")

	// What comes with contracts: absences, calendars.
	CodeInvalidAbsences   = code(Invalid, "invalid absences")
	CodeUnknownApprenant  = code(NotFound, "unknown apprenant")
	CodeSharedEmail       = code(Conflict, "shared email")
	CodeInvalidCalendrier = code(Invalid, "invalid calendar")
	CodeUnknownGroupe     = code(NotFound, "unknown groupe")
	CodeNoCalendrier      = code(NotFound, "no calendar")

	// Accounting.
	CodeInvalidExercices           = code(Invalid, "invalid exercices")
	CodeInvalidTarifs              = code(Invalid, "invalid tarifs")
	CodeInvalidSociete             = code(Invalid, "invalid societe")
	CodeUnknownSociete             = code(Unreadable, "unknown societe")
	CodeMissingSociete             = code(Unreadable, "missing societe")
	CodeNoContrat                  = code(NotFound, "no such contract")
	CodeNoPriceList                = code(NotFound, "no price list")
	CodeNoSuchPriceList            = code(NotFound, "no such price list")
	CodeNoEdition                  = code(NotFound, "no edition")
	CodeNoSuchEdition              = code(NotFound, "no such edition")
	CodeInvalidNPEC                = code(Invalid, "invalid npec")
	CodeInvalidEcheancier          = code(Invalid, "invalid echeancier")
	CodeInvalidCertification       = code(Invalid, "invalid certification")
	CodeInvalidCollectiveAgreement = code(Invalid, "invalid collective agreement")
	CodeInvalidCommission          = code(Invalid, "invalid commission")

	// Organismes, accounts, tokens, webhooks.
	CodeInvalidOrganisme  = code(Invalid, "invalid organisme")
	CodeInvalidSettings   = code(Invalid, "invalid settings")
	CodeInvalidRhythm     = code(Invalid, "invalid rhythm")
	CodeInvalidPartenaire = code(Invalid, "invalid partenaire")
	CodeInvalidToken      = code(Invalid, "invalid token")
	CodeInvalidCompte     = code(Invalid, "invalid compte")
	CodeInvalidPassword   = code(Invalid, "invalid password")
	CodeEmailTaken        = code(Conflict, "email taken")
	CodeLastAdministrator = code(Conflict, "last administrator")
	CodeInvalidWebhook    = code(Invalid, "invalid webhook")
	CodeTooManyWebhooks   = code(Conflict, "too many webhooks")
	CodeWebhookOff        = code(Conflict, "webhook off")
	CodeTooManyModeles    = code(Conflict, "too many modeles")
	CodeTooManyImports    = code(Conflict, "too many imports")

	// The machine.
	CodeServerBusy          = code(Busy, "server busy")
	CodeClientLeft          = code(Left, "client left")
	CodeStorageFull         = code(Full, "storage full")
	CodeDatabaseUnavailable = code(Unavailable, "database unavailable")
	CodeOutcomeUnknown      = code(Uncertain, "outcome unknown")
	CodeDamagedData         = code(Damaged, "damaged data")
	CodeInternal            = code(Internal, "internal error")
)
