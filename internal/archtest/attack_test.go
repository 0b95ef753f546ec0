package archtest_test

import (
	"go/ast"
	"strings"
	"testing"
)

// attack is one way to attack the product: the tests that show it fails, as
// folder.Test, or the reason why there is none. Where there are both, the
// reason says what the tests leave out.
type attack struct {
	id, what string
	tests    string
	why      string
}

// attacks is the table that `make attack` works through: tenants (T), documents
// (G), transport (H), information (I), authorization (Z), authentication (A),
// injection (J), requests by the server (S), sockets and files (W), business
// (B) and faults (F).
var attacks = []attack{
	{"T1", "another studio's node", "internal/attack.TestNeighborReads", ""},
	{"T2", "nodes of both studios", "internal/attack.TestNeighborReads", ""},
	{"T3", "an id under another type's label", "internal/attack.TestNeighborReads", ""},
	{"T4", "each root field with another studio's id", "internal/attack.TestNeighborReads", ""},
	{"T5", "each list beside a twin", "internal/attack.TestNeighborReads", ""},
	{"T6", "each path of edges", "internal/attack.TestNeighborReads", ""},
	{"T7", "each condition with another studio's value", "internal/attack.TestNeighborConditions", ""},
	{"T8", "conditions on relations as an oracle", "internal/attack.TestNeighborConditions internal/attack.TestNeighborBehindPlantedKeys", ""},
	{"T9", "orders and another studio's cursors", "internal/attack.TestNeighborReads", ""},
	{"T10", "forged cursors", "internal/cursor.TestRefused internal/cursor.TestOpaque internal/cursor.FuzzDecode", ""},
	{"T11", "each id of each input", "internal/attack.TestNeighborChanges", ""},
	{"T12", "a chosen id", "internal/attack.TestWallAroundSensitiveFields", ""},
	{"T13", "another studio's natural keys", "internal/attack.TestNeighborsNaturalKeys", ""},
	{"T14", "a tenant named beside the credential", "internal/attack.TestNeighborNamedBeside", ""},
	{"T15", "a credential on another studio's host", "internal/auth.TestMiddleware", ""},
	{"T16", "a member of two studios", "internal/auth.TestTwins", ""},
	{"T17", "what was revoked while in use", "internal/auth.TestRevocation internal/transport.TestSocketClosesWithItsCredential", ""},
	{"T18", "subscriptions", "internal/attack.TestNeighborSubscribes", ""},
	{"T19", "webhooks under one address", "internal/worker.TestNeighborHearsNothing internal/relay.TestDestinations", ""},
	{"T20", "another studio's rows in an export", "internal/export.TestExport", ""},
	{"T21", "another studio's ids in what is written in bulk", "internal/attack.TestNeighborChanges graph.TestBulkUpsert", ""},
	{"T22", "another studio's file", "internal/export.TestDownloadRefused", "downloads ask for the credential; there are no signed addresses"},
	{"T23", "answers that are kept", "internal/transport.TestEveryAnswerHasItsHeaders internal/attack.TestNeighborReads", ""},
	{"T24", "a connection that remembers", "internal/attack.TestWallOnOneConnection", ""},
	{"T25", "background work without a studio", "internal/attack.TestWallsInSQL internal/relay.TestAppRoleIsShutOut", ""},
	{"T26", "another studio inside a transaction", "internal/store.TestWallsBetweenStudios", ""},
	{"T27", "batches of two studios", "internal/attack.TestNeighborReads", "there are no loaders: a read is one statement of one viewer"},
	{"T28", "the operator's staff", "internal/attack.TestStaffChangesNothingForbidden internal/attack.TestStaffReadsNothingSensitive internal/attack.TestStaffInSQL internal/staff.TestNoAccessIsLongerThanADay internal/staff.TestSecondFactorOfStaff graph.TestStaffMayNever graph.TestRefusalsOfStaffAreWrittenDown", ""},
	{"T29", "another studio's recycle bin", "internal/attack.TestNeighborChanges internal/retention.TestBins", ""},
	{"T30", "SQL over each table's wall", "internal/attack.TestWallsInSQL", ""},
	{"T31", "SQL against the role", "internal/attack.TestWallAgainstSQL", ""},
	{"T32", "views and functions", "internal/attack.TestWallsInSQL internal/attack.TestWallRefusesPowerfulRole", ""},
	{"T33", "a policy too many", "internal/attack.TestWallsInSQL", ""},
	{"T34", "the time of an answer", "internal/attack.TestNeighborTakesTheSameWork", ""},
	{"T35", "ids that can be guessed", "internal/typeid.TestVectors internal/attack.TestNeighborReads", ""},

	{"G1", "doubling fragments", "internal/cost.TestDoublingFragments internal/guard.TestWorkIsLinear internal/guard.TestHostileDocumentsAreRefused", ""},
	{"G2", "fragments that spread tenfold", "internal/guard.TestDocument internal/guard.TestWorkIsLinear", ""},
	{"G3", "circular fragments", "internal/guard.TestDocument internal/attack.TestHostileInput", ""},
	{"G4", "depth", "internal/guard.TestDocument internal/attack.TestHostileInput", ""},
	{"G5", "aliases", "internal/guard.TestDocument server.TestHostileClients", ""},
	{"G6", "repeated fields", "internal/guard.TestDocument server.TestHostileClients", ""},
	{"G7", "directives", "internal/transport.TestErrorLimits server.TestHostileClients", ""},
	{"G8", "unknown fields", "internal/transport.TestErrorLimits internal/transport.TestNoSuggestions", ""},
	{"G9", "batches", "internal/transport.TestPostBatchHasItsOwnMessage server.TestHostileClients", ""},
	{"G10", "long documents", "internal/transport.TestPostRefusals internal/attack.TestHostileInput", ""},
	{"G11", "large variables", "internal/guard.TestVariables internal/transport.TestPostRefusals", ""},
	{"G12", "conditions without end", "internal/guard.TestInput internal/attack.TestHostileInput", ""},
	{"G13", "sizes of pages", "internal/attack.TestWallOfPages internal/attack.TestHostileInput", ""},
	{"G14", "pages within pages", "internal/cost.TestOperation internal/cost.TestCeiling", ""},
	{"G15", "a price by variables", "internal/cost.TestPageOfAnyType", ""},
	{"G16", "a price that overflows", "internal/cost.TestPriceIsNeverNegative internal/cost.TestSaturatedMessage", ""},
	{"G17", "many ids", "internal/attack.TestHostileInput", ""},
	{"G18", "many counts", "internal/cost.TestOperation", ""},
	{"G19", "search that no index helps", "internal/cost.TestOperation", "Postgres ends a statement after five seconds; README, Production"},
	{"G20", "many mutations", "internal/guard.TestDocument", ""},
	{"G21", "names of operations", "internal/transport.TestStatus internal/transport.TestPostRefusals", ""},
	{"G22", "subscriptions by POST, deferring", "internal/attack.TestHostileInput internal/transport.TestStreamRefusals", ""},
	{"G23", "a storm of documents", "internal/transport.TestDocumentCacheIsBounded internal/transport.TestDocumentCacheMemory", ""},
	{"G24", "persisted queries", "internal/transport.TestPersistedQueries internal/transport.TestPersistedQueryRefusals internal/transport.TestOnlySomeMayRegister internal/transport.TestPersistedQueriesAreBounded", ""},
	{"G25", "many dear queries at once", "internal/limit.TestEnterCapsEachTenant internal/limit.TestEnterUnderContention", ""},
	{"G26", "clients that hang up", "internal/attack.TestWallOnOneConnection internal/alert.TestRunningStatementsAreCanceled", ""},
	{"G27", "an operation that takes too long", "internal/transport.TestStatus", "every request has ten seconds and every statement five; server/routes.go"},
	{"G28", "Unicode", "internal/attack.TestHostileInput internal/transport.TestPostRefusals", ""},
	{"G29", "a panic", "internal/transport.TestInternalErrorsAreHidden internal/transport.TestHookPanics", ""},
	{"G30", "random documents", "internal/guard.FuzzDocument internal/guard.FuzzVariables internal/cost.FuzzOperation internal/transport.FuzzRequest", ""},

	{"H1", "mutations by GET", "internal/transport.TestGet server.TestHostileClients", ""},
	{"H2", "queries by GET from another site", "internal/transport.TestGet server.TestHostileClients", ""},
	{"H3", "types that browsers send unasked", "internal/transport.TestPostRefusals server.TestHostileClients", ""},
	{"H4", "cookies from another site", "internal/transport.TestPostRefusals", "no credential is a cookie"},
	{"H5", "origins", "internal/auth.TestAllowedOrigin", ""},
	{"H6", "signing in from another site", "internal/transport.TestPostRefusals", "a session is a token in the answer, not a cookie"},
	{"H7", "methods", "internal/transport.TestOtherMethods server.TestHostileClients", ""},
	{"H8", "types of answers", "internal/transport.TestAccept", ""},
	{"H9", "odd headers", "server.TestHostileClients", ""},
	{"H10", "smuggling", "server.TestHostileClients", ""},
	{"H11", "slow clients", "", "net/http closes them: five seconds for the head, fifteen for the body, a minute idle; server/serve.go"},
	{"H12", "forged addresses", "internal/auth.TestAddressReachesThrottle", "only BARRE_TRUST_PROXY believes the last hop"},
	{"H13", "HTTP/2", "server.TestHostileClients", "in plain text there is none; over TLS it is the standard library's"},
	{"H14", "packed bodies", "server.TestHostileClients", ""},
	{"H15", "headers of security", "server.TestRequests server.TestStrictTransport internal/playground.TestPageAndAssets", ""},
	{"H16", "credentials in the address", "internal/transport.TestCredentialInURL", ""},
	{"H17", "JSON that can be read twice", "internal/transport.TestPostRefusals internal/transport.FuzzRequest internal/attack.TestHostileInput", ""},
	{"H18", "doors that are not for the public", "server.TestHostileClients", ""},
	{"H19", "redirects", "", "nothing redirects but / to the playground, where it is served"},

	{"I1", "introspection", "server.TestHostileClients", ""},
	{"I2", "introspection in circles", "internal/guard.TestDocument server.TestHostileClients", ""},
	{"I3", "suggestions", "internal/transport.TestNoSuggestions server.TestHostileClients", ""},
	{"I4", "guessing names", "internal/transport.TestNoSuggestions internal/anomaly.TestErrors", ""},
	{"I5", "texts of errors", "internal/transport.TestInternalErrorsAreHidden internal/attack.TestHostileInput", ""},
	{"I6", "whether an account exists", "internal/auth.TestSignInRefuses internal/auth.TestSignUpTellsNothing internal/credential.TestDefaultWork", ""},
	{"I7", "what the server runs on", "server.TestRequests server.TestHostileClients", ""},
	{"I8", "secrets in logs", "server.TestRequests server.TestTraces internal/detector.TestRedact internal/key.TestNoPlaintextInDump", ""},
	{"I9", "conditions on what is hidden", "internal/attack.TestWallAroundSensitiveFields internal/customfield.TestHiddenCondition", ""},
	{"I10", "sums over what is hidden", "internal/attack.TestNeighborReads", "counts are the only sums, and count what the caller sees"},
	{"I11", "prices that tell", "internal/attack.TestNeighborReads", ""},
	{"I12", "what was deleted", "internal/operation.TestDeletedTogether internal/attack.TestNeighborReads", ""},

	{"Z1", "each role with each field", "internal/attack.TestNeighborReads internal/attack.TestLocationOfEveryType internal/billing.TestRoles internal/enrollment.TestRoles internal/role.TestNobodyGrantsWhatTheyLack", ""},
	{"Z2", "another family", "internal/enrollment.TestGuardianOfAnotherHousehold internal/attack.TestAttackNoticesEachMissingRule", ""},
	{"Z3", "a teacher at the books", "internal/billing.TestRoles", ""},
	{"Z4", "output fields as input", "internal/attack.TestWallAroundSensitiveFields internal/attack.TestHostileInput", ""},
	{"Z5", "raising oneself", "internal/auth.TestInviteMember internal/auth.TestRevokeMembership internal/role.TestNobodyGrantsWhatTheyLack", ""},
	{"Z6", "fields that a role must not see", "internal/attack.TestWallAroundSensitiveFields internal/customfield.TestVisible internal/role.TestMaskedFieldsAreNotWritten graph.TestMaskedFieldsAreNull", ""},
	{"Z7", "scopes of keys", "internal/credential.TestParseScopesProperty internal/billing.TestScopes internal/auth.TestRevokedKey internal/auth.TestAllowedNetworks", ""},
	{"Z8", "features that are not there for all", "graph.TestGatedFields", ""},
	{"Z9", "a role that goes while it acts", "internal/auth.TestRevocation", "what was let in within the last second is finished: a revocation takes effect on the next request"},
	{"Z10", "names that pass for others", "server.TestHostileClients", ""},

	{"A1", "many passwords in one document", "internal/attack.TestHostileInput", ""},
	{"A2", "guessing passwords", "internal/auth.TestThrottle internal/auth.TestThrottleOfAddresses internal/auth.TestThrottleOfStudio internal/auth.TestThrottleOfAllProcesses", ""},
	{"A3", "odd passwords", "internal/credential.TestPasswordLength internal/credential.TestPassphrase internal/credential.FuzzCheckPassword", ""},
	{"A4", "common passwords", "internal/credential.TestCommonList internal/credential.TestCheckPassword", ""},
	{"A5", "the time of a wrong password", "internal/auth.TestSignInRefuses internal/credential.TestDefaultWork", ""},
	{"A6", "many sign-ins at once", "internal/credential.TestQueue internal/credential.TestNoQueue", ""},
	{"A7", "old hashes", "internal/auth.TestSignInRehashes internal/credential.TestNeedsRehash", ""},
	{"A8", "one-time codes", "internal/factor.TestApp internal/auth.TestSecondFactor internal/auth.TestSecondFactorThrottle", ""},
	{"A9", "recovery codes", "internal/factor.TestRecoveryCodes internal/auth.TestSecondFactor", ""},
	{"A10", "around the second factor", "internal/auth.TestRequiredSecondFactor graph.TestSecondFactorRequired graph.TestStepUpRequired", ""},
	{"A11", "passkeys", "internal/factor.TestPasskeyRefused internal/auth.TestPasskeySignIn", ""},
	{"A12", "sessions", "internal/auth.TestSignOut internal/auth.TestRevocation internal/auth.TestInvitedAgain internal/auth.TestSessions internal/auth.TestIdleSession", ""},
	{"A13", "refresh tokens", "internal/oauth.TestReuseEndsTheFamily", "people have none; those of apps have no grace"},
	{"A14", "forged JWTs", "internal/auth.TestVerifyRefuses internal/provider/fusionauth.TestTokensOfOthers", "no JWT opens a session"},
	{"A15", "OpenID Connect", "internal/sso.TestForgedVisit internal/sso.TestVisitOfSomebodyElse internal/auth.TestForgedSingleSignOn internal/auth.TestSingleSignOnOfTheInvited internal/auth.TestSquattedAddress", ""},
	{"A16", "keys that are none", "internal/auth.TestVerifyRefuses internal/credential.TestSwappedCharacters", ""},
	{"A17", "password resets", "internal/auth.TestResetPassword internal/auth.TestResetTellsNothing internal/auth.TestResetOfSeveralStudios", ""},
	{"A18", "invitations", "internal/auth.TestAcceptInvitation internal/auth.TestInvitedAgain internal/auth.TestInvitationIsMailed", ""},
	{"A19", "credentials that everybody knows", "server.TestConfigRefuses server.TestCommands", ""},

	{"J1", "SQL", "server.TestHostileClients internal/attack.TestHostileInput internal/archtest.TestPlaces", ""},
	{"J2", "forged lines in logs", "server.TestHostileClients server.TestRequests", ""},
	{"J3", "HTML", "server.TestHostileClients internal/playground.TestPageAndAssets internal/register.TestPage", ""},
	{"J4", "templates", "server.TestHostileClients", "no text of a studio is a template"},
	{"J5", "formulas in CSV", "internal/export.TestCSV", ""},
	{"J6", "headers of mail", "internal/auth.TestInviteMember", "mail is sent by providers, by typed calls"},
	{"J7", "paths", "internal/export.TestDownloadRefused server.TestHostileClients", ""},
	{"J8", "commands", "internal/archtest.TestPlaces server.TestHostileClients", ""},
	{"J9", "names that JavaScript knows", "graph.TestCustomFieldDefinitions server.TestHostileClients", ""},
	{"J10", "numbers at the edge", "internal/billing.TestRecordPaymentRefuses internal/billing.TestRefundPayment internal/attack.TestHostileInput", ""},
	{"J11", "times at the edge", "internal/enrollment.TestCreateClass internal/query.TestTimes", ""},

	{"S1", "webhooks to the inside", "internal/webhook.TestCheckURLRefuses internal/webhook.TestSendRefusesHostile", ""},
	{"S2", "names that change", "internal/webhook.TestRebinding internal/webhook.TestNamesThatLeadInside", ""},
	{"S3", "redirects", "internal/webhook.TestRedirectsAreNotFollowed", ""},
	{"S4", "odd addresses", "internal/webhook.TestCheckURLRefuses", ""},
	{"S5", "receivers that misbehave", "internal/webhook.TestStubbornReceivers internal/webhook.TestStrangeCertificate", ""},
	{"S6", "a dead receiver", "internal/worker.TestHangingEndpoint internal/worker.TestDisableAfter", ""},
	{"S7", "secrets that change", "internal/worker.TestRotation", ""},
	{"S8", "answers of receivers", "internal/worker.TestFailingReceiver", ""},
	{"S9", "forged messages of providers", "internal/inbound.TestRefused internal/provider/stripe.TestVerify internal/worker.TestStrangers internal/worker.TestBodiesAreSealed", ""},
	{"S10", "messages out of order and twice", "internal/inbound.TestOnce internal/worker.TestPaymentIsToldOnce", ""},
	{"S11", "a proxy in the environment", "internal/webhook.TestProxyOfTheEnvironmentIsIgnored", ""},

	{"W1", "sockets without a word", "internal/transport.TestSocketInitTimeout internal/transport.TestSocketCloseCodes", ""},
	{"W2", "sockets with too many", "internal/transport.TestSocketSubscriptionCap internal/transport.TestSocketSubprotocol internal/transport.TestSocketRefusesBinary", ""},
	{"W3", "sockets from another site", "internal/transport.TestSocketHandshakeRefusals", ""},
	{"W4", "slow readers", "internal/transport.TestSocketSlowConsumer", ""},
	{"W5", "revoked on a live socket", "internal/transport.TestPoll internal/transport.TestSocketClosesWithItsCredential server.TestStreamsEndWithTheirCredential", ""},
	{"W6", "uploads", "internal/transport.TestPostRefusals", "nothing is uploaded"},
	{"W7", "large exports", "internal/export.TestExport internal/export.TestOrderRefused", ""},

	{"B1", "more sign-ups than seats", "internal/enrollment.TestRaceOfEnrollments internal/enrollment.TestRaceOfEverything", ""},
	{"B2", "one key twice", "graph.TestIdempotencyKey", ""},
	{"B3", "money twice", "internal/billing.TestRaceOfPayments internal/billing.TestRefundPayment internal/billing.TestSums", ""},
	{"B4", "floods of messages", "internal/limit.TestNeverMoreThanBurstAndRate", "the studio's providers send messages; what is asked for here is limited by points"},
	{"B5", "a storm of new studios", "internal/limit.TestOneCredentialLeavesAPartOfTheRate internal/auth.TestAddressReachesThrottle", ""},
	{"B6", "two editors", "server.TestRequests", ""},

	{"F1", "a killed server", "server.TestKilledLosesNothing", ""},
	{"F2", "a stop under load", "server.TestGracefulStop internal/worker.TestStopDrains", ""},
	{"F3", "Postgres restarts", "internal/cluster.TestPowerCut internal/auth.TestNoDatabase", ""},
	{"F4", "a connection that dies at COMMIT", "graph.TestIdempotencyKey", "the answer is UNAVAILABLE; under its key a retry finds the truth"},
	{"F5", "no connection left, locks", "internal/limit.TestEnterCapsEachTenant internal/enrollment.TestRaceOfEverything", ""},
	{"F6", "a full disk", "graph.TestWritesAreRefused", "Postgres's answers are made up; no disk is filled"},
	{"F7", "a slow network to Postgres", "graph.TestSlowDatabase", ""},
	{"F8", "Redis is lost", "internal/limit.TestRealRedisLost internal/limit.TestRedisThatTakesNoWrites internal/limit.TestRedisEmptied internal/limit.TestRedisClockThatWentBack", ""},
	{"F9", "providers are lost", "internal/worker.TestProvidersAreTold internal/worker.TestOrderAndUnknownOutcome internal/worker.TestDeadCredential", ""},
	{"F10", "clocks that jump", "internal/limit.TestClockThatGoesBack internal/limit.TestRedisClockThatWentBack", ""},
	{"F11", "little memory", "internal/limit.TestMemoryIsBounded internal/transport.TestDocumentCacheMemory server.TestLittleMemory", "the machine sets no limit: what the server takes is measured"},
	{"F12", "few file descriptors", "server.TestFewDescriptors", ""},
	{"F13", "a stolen processor", "server.TestStolenProcessor", ""},
	{"F14", "migrations under load", "internal/store.TestMigrationsOnlyAdd", "how long a lock is held depends on the rows, and is not measured"},
	{"F15", "keys that are lost or wrong", "internal/sealed.TestTransplant internal/sealed.TestChanged internal/key.TestForgedPlace internal/key.TestRotation internal/key.TestOwnKey internal/keyservice.TestHostileAddress", ""},
	{"F16", "a log that was changed", "internal/audit.TestTampered server.TestAuditLogIsProven internal/audit.TestVerifyWhole internal/attack.TestWallAgainstSQL", ""},
	{"F17", "restoring", "internal/backup.TestWholeWay server.TestBackupCommands", ""},
	{"F18", "a broken backup", "internal/backup.TestWholeWay internal/storage.TestAttackLockedBackup", ""},
	{"F19", "a noisy neighbor", "internal/limit.TestNeverMoreThanBurstAndRate internal/limit.TestEnterCapsEachTenant internal/anomaly.TestProbingIsAnsweredStepByStep", ""},
	{"F20", "hours of load", "internal/export.TestNothingMissed", "make torture runs for as long as it is told"},
}

// vulnerabilities are those that a well-known GraphQL application has on
// purpose, with the rows that show each absent here.
var vulnerabilities = map[string]string{
	"batch queries": "G9", "deep recursion": "G4", "dear queries": "G14", "field duplication": "G6", "aliases": "G5", "circular fragments": "G3",
	"introspection": "I1", "GraphiQL": "H18", "field suggestions": "I3", "server-side request forgery": "S1",
	"command injection, first": "J8", "command injection, second": "J8", "stored cross-site scripting": "J3", "log injection": "J2",
	"HTML injection": "J3", "SQL injection": "J1", "a protection of the interface stepped around": "Z10", "a deny list stepped around": "Z10",
	"writing any file": "J7", "weak passwords": "A2", "stack traces": "I5", "forged tokens": "A14",
}

// rowsOf counts the rows of each kind of attack, so that none gets lost.
var rowsOf = map[byte]int{'T': 35, 'G': 30, 'H': 19, 'I': 12, 'Z': 10, 'A': 19, 'J': 11, 'S': 11, 'W': 7, 'B': 6, 'F': 20}

// TestAttacksHaveTests: each attack is answered by tests that there are, or by
// a reason.
func TestAttacksHaveTests(t *testing.T) {
	exists := map[string]bool{}
	for _, f := range source(t).Files {
		if !f.Test || f.Syntax == nil {
			continue
		}
		for _, declared := range f.Syntax.Decls {
			if fn, ok := declared.(*ast.FuncDecl); ok && fn.Recv == nil {
				exists[f.Folder+"."+fn.Name.Name] = true
			}
		}
	}
	counted, tested := map[byte]int{}, map[string]bool{}
	for _, a := range attacks {
		counted[a.id[0]]++
		tests := strings.Fields(a.tests)
		if _, twice := tested[a.id]; twice {
			t.Errorf("%s is there twice", a.id)
		}
		tested[a.id] = len(tests) > 0
		if len(tests) == 0 && a.why == "" || a.what == "" {
			t.Errorf("%s %s: neither a test nor a reason", a.id, a.what)
		}
		for _, test := range tests {
			if !exists[test] {
				t.Errorf("%s %s: there is no %s", a.id, a.what, test)
			}
		}
	}
	for kind, want := range rowsOf {
		if counted[kind] != want {
			t.Errorf("%d rows of %c; want %d", counted[kind], kind, want)
		}
	}
	if len(vulnerabilities) != 22 {
		t.Errorf("%d vulnerabilities; want 22", len(vulnerabilities))
	}
	for name, row := range vulnerabilities {
		if !tested[row] {
			t.Errorf("%s: %s has no test", name, row)
		}
	}
}
