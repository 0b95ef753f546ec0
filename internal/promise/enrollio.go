package promise

// studio returns what Enrollio's security overview promises to studios.
func studio() []Promise {
	const (
		company     = "Enrollio, Our Company and Products"
		focus       = "Enrollio, Security and Risk Focus"
		objectives  = "Enrollio, Security and Compliance Objectives"
		controls    = "Enrollio, Security Controls"
		cloud       = "Enrollio, Cloud Hosting Provider"
		network     = "Enrollio, Network and Perimeter"
		configured  = "Enrollio, Configuration Management"
		logging     = "Enrollio, Logging"
		alerting    = "Enrollio, Alerting and Monitoring"
		defenses    = "Enrollio, Web Application Defenses"
		releases    = "Enrollio, Development and Release Management"
		weaknesses  = "Enrollio, Vulnerability Management"
		classes     = "Enrollio, Data Classification"
		separation  = "Enrollio, Tenant Separation"
		encryption  = "Enrollio, Encryption"
		keys        = "Enrollio, Key Management"
		reliability = "Enrollio, System Reliability and Recovery"
		backups     = "Enrollio, Backups"
		restoration = "Enrollio, Customer Data Backup Restoration"
		users       = "Enrollio, Product User Management"
		login       = "Enrollio, Product Login Protections"
		production  = "Enrollio, Access to Production Infrastructure"
		portals     = "Enrollio, Access to Customer Portals"
		corporate   = "Enrollio, Corporate Authentication and Authorization"
		people      = "Enrollio, Organizational and Corporate Security"
		sensitive   = "Enrollio, Sensitive Data Processing and Storing"
		privacy     = "Enrollio, Privacy"
		retention   = "Enrollio, Data Retention and Data Deletion"
		breach      = "Enrollio, Breach Response"
		gdpr        = "Enrollio, GDPR"
		scope       = "Enrollio, Document Scope and Use"
		contact     = "Enrollio, Contact Us"
		stated      = "The operator states it, with an end."
	)
	return []Promise{
		{"N1", "rebrand our platform as their own", company, Enforced, Protect,
			"A studio has its own domains and colors; no answer names the platform behind it.", []string{"internal/auth.TestAllowedOrigin", "internal/operation.TestCustomDomains"}},
		{"N2", "enhancing automation, improving communication", company, Enforced, Govern,
			"What happens in a studio reaches its vendors and its own programs.", []string{"internal/worker.TestFromCommitToReceiver", "internal/worker.TestProvidersAreTold"}},
		{"N3", "dedicated corporate, product, and infrastructure security programs", focus, Attested, Govern, stated, nil},
		{"N4", "protecting the privacy and confidentiality of data", objectives, Enforced, Protect,
			"Four walls stand between studios; an attack on every field is generated from the schema.", []string{"internal/attack.TestNeighborReads", "internal/attack.TestNeighborChanges", "internal/attack.TestNeighborInEnt", "internal/attack.TestWallsInSQL"}},
		{"N5", "minimize risks to service continuity", objectives, Measured, Recover,
			"Without Redis each server limits its part; a killed server loses nothing.", []string{"internal/limit.TestRealRedisLost", "server.TestKilledLosesNothing"}},
		{"N6", "customer information is never corrupted or altered inappropriately", objectives, Enforced, Protect,
			"Sums are constraints, seats are never sold twice, and a change is refused if the record has moved on.", []string{"internal/billing.TestSums", "internal/enrollment.TestRaceOfEverything", "internal/store.TestUpdateOfNothing", "internal/audit.TestVerify", "internal/audit.TestTampered"}},
		{"N7", "comply with or exceed industry standard best practices", objectives, Attested, Govern, stated, nil},
		{"N8", "layers of administrative, technical, and physical security controls", controls, Attested, Govern, stated, nil},
		{"N9", "does not host any product systems or data within its physical offices", cloud, Attested, Protect, stated, nil},
		{"N10", "product infrastructure resides in the United States", cloud, Enforced | Attested, Protect,
			"A deployment says its region and refuses files and keys of another.", []string{"server.TestRegion"}},
		{"N11", "reliance on Google's and AWS's audited security and compliance programs", cloud, Attested, Govern, stated, nil},
		{"N12", "a monthly uptime percentage to customers of at least 99.5%", cloud, Measured, Detect,
			"A probe asks the server each minute; the share of its answers is counted by month.", []string{"internal/probe.TestAvailability"}},
		{"N13", "plans … have been independently validated", cloud, Attested, Recover, stated, nil},
		{"N14", "multiple layers of filtering and inspection on all connections", network, Enforced, Protect,
			"Every route goes through the same steps, in the order that the README prints.", []string{"server.TestREADME", "internal/transport.TestEveryAnswerHasItsHeaders"}},
		{"N15", "Network-level access control lists are implemented to prevent unauthorized access", network, Enforced, Protect,
			"A key works from the networks that it was given, if any.",
			[]string{"internal/auth.TestAllowedNetworks"}},
		{"N16", "configured to deny network connections that are not explicitly authorized", network, Enforced, Protect,
			"What no rule grants is refused, for every entity and every role.", []string{"internal/attack.TestAttackNoticesEachMissingPolicy", "internal/provider.TestGuard"}},
		{"N17", "controlled by standard change control processes", network, Attested, Govern, stated, nil},
		{"N18", "Firewall rulesets are reviewed periodically", network, Enforced, Protect,
			"A list of networks ends on a date; whoever wants to keep it confirms it.", []string{"internal/auth.TestNetworksAreReviewed"}},
		{"N19", "expands capacity as needed", configured, Measured, Recover,
			"Servers keep nothing; two share limits and work.", []string{"internal/limit.TestTwoInstancesUnderContention", "internal/relay.TestCompetingRelays"}},
		{"N20", "configurations are embedded in images and configuration files", configured, Enforced, Govern,
			"One table holds every setting; a wrong one stops the start.", []string{"server.TestConfigRefuses", "server.TestContainers", "server.TestREADME"}},
		{"N21", "changes to the configuration and standard images are managed through a controlled change pipeline", configured, Attested, Govern, stated, nil},
		{"N22", "deviations from configuration baselines are detected and reverted", configured, Enforced, Detect,
			"A server compares the database's walls with the schema while it runs, and stops serving where one is missing.", []string{"internal/probe.TestOpenWall"}},
		{"N23", "overwritten with the baseline within 30 minutes", configured, Measured, Respond,
			"The comparison is made every ten minutes.", []string{"internal/probe.TestOpenWall"}},
		{"N24", "Patch management is handled", configured, Attested, Protect, stated, nil},
		{"N25", "comprehensively logged", logging, Enforced, Detect, "Every change leaves an entry in the transaction that makes it.", []string{"internal/attack.TestEntries"}},
		{"N26", "indexed and stored in a central logging solution", logging, Enforced, Detect, "Security events are kept in the database and can be asked for.",
			[]string{"internal/auth.TestSuspend", "internal/alert.TestEachStepIsAnAlert"}},
		{"N27", "Security-relevant logs are also retained", logging, Enforced, Detect, "The audit log has a class of its own.", []string{"internal/retention.TestKeepAudit"}},
		{"N28", "The retention period of logs depends on the nature of the data logged", logging, Enforced, Govern,
			"Every table has a class that says how long it is kept; generating fails without.", []string{"internal/retention.TestClasses", "internal/retention.TestKeys", "internal/generator.TestRefusals"}},
		{"N29", "Write access to the storage service in which logs are stored is tightly controlled", logging, Enforced, Protect,
			"The database refuses to change or remove an entry of the audit log.", []string{"internal/audit.TestKept", "server.TestAuditCommand", "internal/audit.TestAnchor"}},
		{"N30", "automated monitoring, alerting, and response capabilities", alerting, Enforced, Respond, "Unusual use is noticed and answered in steps.",
			[]string{"internal/anomaly.TestProbingIsAnsweredStepByStep", "internal/alert.TestEachStepIsAnAlert"}},
		{"N31", "error rates, abuse scenarios, application attacks", alerting, Enforced, Detect, "Each of the three has its scenarios.",
			[]string{"internal/anomaly.TestErrors", "internal/anomaly.TestVolumeOfPeopleAndPrograms", "internal/anomaly.TestProbingIsAnsweredStepByStep"}},
		{"N32", "traffic throttling, process termination … at predefined thresholds", alerting, Enforced, Respond, "Slowing, throttling, ending the query, suspending the key.",
			[]string{"internal/anomaly.TestProbingIsAnsweredStepByStep", "internal/alert.TestRunningStatementsAreCanceled", "internal/auth.TestSuspend"}},
		{"N33", "All customer content hosted on the platform is protected by firewall and application security", defenses, Enforced, Protect,
			"Everything goes through the same door; pages run no script of others.", []string{"internal/playground.TestConnectPolicy", "internal/transport.TestEveryAnswerHasItsHeaders"}},
		{"N34", "alert on malicious behavior based on behavior type and session rate", defenses, Enforced, Detect, "The use of each credential is watched by kind.",
			[]string{"internal/anomaly.TestVolumeOfPeopleAndPrograms", "internal/anomaly.TestUsualCost", "internal/alert.TestEachStepIsAnAlert"}},
		{"N35", "Open Web Application Security Project (OWASP), specifically the OWASP Top 10", defenses, Enforced, Protect,
			"The attacks of the field's lists run against the program.", []string{"internal/attack.TestHostileInput", "internal/attack.TestHostileCredentials", "internal/webhook.TestSendRefusesHostile", "internal/guard.TestWorkIsLinear", "internal/archtest.TestAttacksHaveTests", "server.TestHostileClients"}},
		{"N36", "Protections from Distributed Denial of Service (DDoS) attacks", defenses, Measured | Attested, Protect,
			"Every operation has a price, every studio a limit; what comes before the server is the host's.", []string{"internal/limit.TestEnterCapsEachTenant", "internal/limit.TestMemoryIsBounded", "internal/guard.TestWorkIsLinear"}},
		{"N37", "Code reviews, testing, and merge approval are performed before deployment", releases, Attested, Govern, stated, nil},
		{"N38", "Static code analysis runs regularly … and blocks", releases, Enforced, Identify,
			"Analyzers of our own hold the program to its walls, beside the usual ones.", []string{"internal/archtest.TestArrows", "internal/archtest.TestPlaces", "internal/archtest.TestNever"}},
		{"N39", "designated repository owners", releases, Attested, Govern, stated, nil},
		{"N40", "compilation, packaging, and unit testing occur", releases, Enforced, Govern, "One command does all of it.", []string{"server.TestContainers", "server.TestProcfile"}},
		{"N41", "Dynamic testing for security vulnerabilities is performed periodically", releases, Measured, Identify,
			"The attacks run against the program itself, with every proof.", []string{"internal/attack.TestHostileInput", "internal/attack.TestHostileCredentials", "server.TestHostileClients"}},
		{"N42", "a dedicated and separate QA environment", releases, Attested, Protect, stated, nil},
		{"N43", "segmentation prevents unauthorized access between QA and production environments", releases, Enforced, Protect,
			"A server takes only keys of its own environment.", []string{"internal/auth.TestKeysOfAnotherEnvironment"}},
		{"N44", "in case of failures, the changes can be reverted", releases, Attested, Recover, stated, nil},
		{"N45", "manages notifications regarding the health of their applications", releases, Enforced, Detect,
			"A server says whether it lives and whether it can serve.", []string{"server.TestGracefulStop"}},
		{"N46", "software gating … (private beta, public beta, full launch)", releases, Enforced, Govern, "A feature has one of the three stages, down to a field of the schema.",
			[]string{"graph.TestGatedFields", "graph.TestGatedFieldsAreUnseen", "internal/feature.TestStages"}},
		{"N47", "no downtime associated with releases", releases, Measured, Recover,
			"A server that stops finishes what it began while another answers.", []string{"server.TestGracefulStop"}},
		{"N48", "communicated through in-app messages and/or product update posts", releases, Enforced, Govern, "Announcements can be asked for, and read ones are marked.",
			[]string{"internal/announcement.TestAnnouncements"}},
		{"N49", "multi-layered approach to vulnerability management", weaknesses, Attested, Identify, stated, nil},
		{"N50", "adaptive scanning inclusion lists for asset discovery", weaknesses, Attested, Identify, stated, nil},
		{"N51", "annual penetration tests", weaknesses, Attested, Identify, stated, nil},
		{"N52", "Relevant findings are assessed, and mitigations are prioritized", weaknesses, Attested, Respond, stated, nil},
		{"N53", "should not be used to collect … credit or debit card numbers, … Social Security numbers, passport numbers", classes, Enforced, Protect,
			"Such numbers are refused wherever text is taken, and removed from logs.", []string{"internal/detector.TestFigures", "internal/detector.TestInput", "graph.TestHostileNumbersInInput"}},
		{"N54", "logically separated using unique IDs", separation, Enforced, Protect,
			"Every row names its studio; ent and Postgres both hold to it.", []string{"internal/attack.TestWallsInSQL", "internal/attack.TestNeighborWithoutRowLevelSecurity", "internal/attack.TestWallOfKeys"}},
		{"N55", "Authorization rules … validated on a continuous basis", separation, Measured, Detect,
			"Two studios of our own try to read each other while the server runs.", []string{"internal/probe.TestIsolation", "internal/probe.TestOpenWall"}},
		{"N56", "log application authentication and associated changes, application availability, … user access", separation, Enforced, Detect, "Four kinds of entries, each of which can be asked for.", []string{"internal/attack.TestEntries", "internal/audit.TestSeal", "internal/probe.TestAvailability"}},
		{"N57", "TLS version 1.2, or 1.3 and 2,048-bit keys", encryption, Enforced, Protect, "Older versions are refused in the handshake.",
			[]string{"server.TestOnlyNewTLS", "server.TestCertificates"}},
		{"N58", "(TLS) is also a default for customers who host their websites", encryption, Attested, Protect, stated, nil},
		{"N59", "Platform data is stored using AES-256 encryption", encryption, Enforced, Protect, "Sensitive fields, credentials and backups are sealed with AES-256-GCM.", []string{"internal/sealed.TestOpaque", "internal/worker.TestBodiesAreSealed", "internal/key.TestNoPlaintextAtRest", "internal/key.TestNoPlaintextInDump"}},
		{"N60", "passwords are hashed following industry best practices", encryption, Enforced, Protect, "argon2id, made stronger at sign-in when the parameters rise.",
			[]string{"internal/credential.TestDefaultWork", "internal/credential.TestVerify", "internal/auth.TestSignInRehashes"}},
		{"N61", "Encryption keys … are securely managed", keys, Enforced, Protect, "Keys are never stored or printed in the open.",
			[]string{"internal/sealed.TestSave", "server.TestConfigHidesSecrets", "internal/key.TestForgedPlace"}},
		{"N62", "TLS private keys for in-transit encryption are managed through our content delivery partner", keys, Attested, Protect, stated, nil},
		{"N63", "Volume and field level encryption keys … stored in a hardened Key Management System", keys, Enforced, Protect, "A key service wraps each studio's keys.", []string{"internal/keyservice.TestAmazon", "internal/keyservice.TestGoogle"}},
		{"N64", "Keys are rotated at varying frequencies, depending upon the sensitivity of the data", keys, Enforced, Protect, "Each class of data has its age; rotation runs in the background.", []string{"internal/key.TestRotation"}},
		{"N65", "TLS certificates are renewed annually", keys, Attested, Protect, stated, nil},
		{"N66", "unable to use customer-supplied encryption keys", keys, Enforced, Protect, "More than promised: a studio may bring its own key, and take it away.", []string{"internal/key.TestOwnKey", "internal/keyservice.TestHostileAddress"}},
		{"N67", "built with redundancy", reliability, Measured | Attested, Recover, "Any number of servers and workers; a killed one loses nothing.", []string{"server.TestKilledLosesNothing", "internal/relay.TestKilledMidway"}},
		{"N68", "point-in-time recovery", backups, Measured, Recover, "The log of the database is archived, and a restore may end at any time in it.", []string{"internal/backup.TestWholeWay"}},
		{"N69", "backed up on a regular basis with established schedules", backups, Enforced, Recover, "Backups are made daily.", []string{"internal/backup.TestWholeWay"}},
		{"N70", "Seven days' worth of backups are kept", backups, Enforced, Recover, "Seven are kept; the eighth goes only when its lock has ended.", []string{"internal/backup.TestKept"}},
		{"N71", "monitored for successful execution, and alerts are generated … Failure alerts are escalated", backups, Enforced, Detect, "A backup that is missing or failed raises an alert.", []string{"internal/backup.TestWholeWay", "internal/alert.TestAcknowledgeAndEscalate"}},
		{"N72", "backed up daily to the local region", backups, Attested, Recover, stated, nil},
		{"N73", "monitoring … replication failures", backups, Attested, Detect, stated, nil},
		{"N74", "does not generally produce or use other kinds of hard copy media", backups, Attested, Protect, stated, nil},
		{"N75", "write once read many (WORM)", backups, Enforced, Protect, "A stored backup cannot be changed or removed before its time, not even by the operator.", []string{"internal/backup.TestKept", "server.TestVault", "server.TestBackupCommands", "internal/storage.TestAttackLockedBackup"}},
		{"N76", "operations are managed by Enrollio product engineering teams", restoration, Enforced, Protect, "Only the operator's commands restore; nothing of it is in the API.", []string{"graph.TestNothingInternalIsNamed", "server.TestBackupCommands"}},
		{"N77", "use the recycle bin to directly recover and restore … up to 30 days", restoration, Enforced, Recover, "What is deleted can be restored for 30 days, with all that went with it.",
			[]string{"internal/operation.TestDeletedTogether", "internal/retention.TestBins", "internal/retention.TestBinsKeepWhatIsNeeded", "internal/operation.TestRestorePreview"}},
		{"N78", "restored to previous versions of content using version history", restoration, Enforced, Recover, "Every state is kept; one can be compared and restored.", []string{"graph.TestRestoreVersion", "internal/operation.TestAsOf", "internal/operation.TestVersioned"}},
		{"N79", "contain export options", restoration, Enforced, Recover, "Everything a studio owns can be exported and read back.", []string{"internal/export.TestExport", "internal/export.TestCSV", "internal/export.TestRoundTrip"}},
		{"N80", "public APIs can be used to synchronize your data with other systems", restoration, Enforced, Recover, "A copy that follows the feed equals the studio, row for row.", []string{"internal/export.TestNothingMissed"}},
		{"N81", "granular authorization rules", users, Enforced, Protect, "A role says what may be done to which type, on which rows, and which fields are seen.", []string{"internal/role.TestScopeOfLocation", "internal/role.TestScopeOfOwn", "internal/role.TestMaskedFieldsAreNotWritten", "internal/role.TestRefusedRoles", "graph.TestCompiledReadsEqualOrdinaryReads"}},
		{"N82", "create and manage the users in their portals, assign the privileges", users, Enforced, Protect, "Nobody can give what they lack.", []string{"internal/auth.TestInviteMember", "internal/auth.TestRevokeMembership", "internal/role.TestNobodyGrantsWhatTheyLack", "internal/role.TestAssign"}},
		{"N83", "log in … using the native Enrollio login", login, Enforced, Protect, "Password sign-in, and single sign-on where a studio has it.", []string{"internal/auth.TestSignUp", "internal/auth.TestSignInRefuses", "internal/auth.TestSecondFactor", "internal/auth.TestResetPassword", "internal/auth.TestSingleSignOn"}},
		{"N84", "a minimum of 8 characters and a combination of lower and upper case letters, special characters, and numbers", login, Enforced, Protect,
			"The policy can be made stricter and never weaker; known passwords are refused.", []string{"internal/credential.TestCheckPassword", "internal/credential.TestCommonList", "internal/auth.TestPassphrases"}},
		{"N85", "protected by two-factor authentication", login, Enforced, Protect, "One-time codes, recovery codes and passkeys.", []string{"internal/auth.TestSecondFactor", "internal/auth.TestSecondFactorThrottle", "internal/auth.TestPasskeySignIn", "internal/factor.TestPasskeyRefused"}},
		{"N86", "may require all users to have two-factor authentication", login, Enforced, Protect, "A session without a second factor can only enroll one.", []string{"internal/auth.TestRequiredSecondFactor", "graph.TestSecondFactorRequired"}},
		{"N87", "role-based access control (RBAC) model", production, Enforced, Protect, "Each of the program's database roles may do what it needs.", []string{"internal/attack.TestWallRefusesPowerfulRole", "internal/relay.TestAppRoleIsShutOut", "internal/attack.TestStaffAsk"}},
		{"N88", "persistent administrative access is restricted", production, Enforced, Protect, "No credential of the operator's staff reads a studio without a grant.", []string{"internal/attack.TestStaffAsk", "internal/staff.TestAskApproveUseEnd"}},
		{"N89", "direct network connections … over SSH … are prohibited", production, Attested, Protect, stated, nil},
		{"N90", "limited access to parts of your Enrollio account", portals, Enforced, Protect, "Staff see sensitive fields masked.", []string{"internal/attack.TestStaffReadsNothingSensitive"}},
		{"N91", "JITA model to grant employees access … for a limited duration", portals, Enforced, Protect, "A grant has an end, after which it is worth nothing.", []string{"internal/staff.TestNobodyAskedStartsAtOnce"}},
		{"N92", "Each Portal JITA request is logged", portals, Enforced, Detect, "The request, its reason, who allowed it, all that was done, and its end.", []string{"internal/staff.TestAskApproveUseEnd"}},
		{"N93", "tied to a specific customer's portal for a maximum 24-hour period", portals, Enforced, Protect, "A constraint of the database: one studio, at most 24 hours.", []string{"internal/staff.TestNoAccessIsLongerThanADay", "internal/staff.TestNobodyAskedStartsAtOnce"}},
		{"N94", "risk-based monitoring to detect unusual Portal JITA activity", portals, Enforced, Detect, "Hours, volume and minors' records are scored; too much ends the grant.", []string{"internal/staff.TestScore", "internal/staff.TestUnusualUseEndsAccess"}},
		{"N95", "unable to … changing domain or SSO settings", portals, Enforced, Protect, "Refused under a grant on every path.", []string{"internal/attack.TestStaffChangesNothingForbidden", "internal/attack.TestStaffInSQL", "graph.TestStaffAndEveryRootField", "graph.TestHighRisk"}},
		{"N96", "unable to … exporting users/contacts", portals, Enforced, Protect, "Refused under a grant on every path, the feed included.", []string{"internal/attack.TestStaffChangesNothingForbidden", "internal/attack.TestStaffInSQL", "graph.TestStaffMayNever"}},
		{"N97", "unable to … viewing/creating/deleting/rotating private app keys", portals, Enforced, Protect, "Refused under a grant on every path.", []string{"internal/attack.TestStaffChangesNothingForbidden", "internal/attack.TestStaffInSQL", "graph.TestStaffMayNever"}},
		{"N98", "unable to … importing data", portals, Enforced, Protect, "Refused under a grant on every path.", []string{"internal/attack.TestStaffChangesNothingForbidden", "graph.TestStaffMayNever"}},
		{"N99", "unable to … deleting contacts, companies, deals, and tickets", portals, Enforced, Protect, "Refused under a grant on every path, together with what goes with it.", []string{"internal/attack.TestStaffChangesNothingForbidden", "internal/attack.TestStaffInSQL", "graph.TestStaffMayNever"}},
		{"N100", "User logins, Enrollio employee access, security activity, and content activity are logged", portals, Enforced, Detect, "The four categories of the audit log.", []string{"internal/attack.TestEntries", "internal/auth.TestSignInRefuses"}},
		{"N101", "Access to the Enrollio company network requires MFA", corporate, Attested, Protect, stated, nil},
		{"N102", "required length, complexity, and rotation frequency", corporate, Attested, Protect, stated, nil},
		{"N103", "Password vaults are in place", corporate, Attested, Protect, stated, nil},
		{"N104", "permission grants are appropriate, … access revocations are timely, … compliance evidence is preserved", corporate, Enforced, Respond,
			"Whoever is revoked loses open sessions at once.", []string{"internal/auth.TestRevocation", "internal/auth.TestRevokeMembership", "internal/transport.TestSocketClosesWithItsCredential", "internal/review.TestReview", "internal/review.TestReviewsStartByThemselves", "internal/auth.TestSessions"}},
		{"N105", "manually reviewed semi-annually", corporate, Enforced, Govern, "A review is due every 182 days; what nobody confirms lapses.", []string{"internal/review.TestReviewsStartByThemselves"}},
		{"N106", "third-party background check", people, Attested, Govern, stated, nil},
		{"N107", "read and acknowledge Enrollio's Employee Handbook and Code of Conduct", people, Attested, Govern, stated, nil},
		{"N108", "core Written Information Security Policy", people, Attested, Govern, "The document, with its digest and its end.", nil},
		{"N109", "Policies are reviewed and approved at least annually", people, Attested, Govern, stated, nil},
		{"N110", "CyberSafety training", people, Attested, Govern, stated, nil},
		{"N111", "vendors have appropriate security and privacy controls in place", people, Attested, Govern, stated, nil},
		{"N112", "maintain a list of our sub-processors", people, Enforced, Govern, "The register is made of the list that requests are held to.", []string{"internal/register.TestOperationsAreTheCalls"}},
		{"N113", "full disk encryption", people, Attested, Protect, stated, nil},
		{"N114", "Mobile Device Management", people, Attested, Protect, stated, nil},
		{"N115", "does not store, process, or collect credit card information", sensitive, Enforced, Protect, "No field holds one, and text that looks like one is refused.", []string{"internal/billing.TestReferencesThatLookLikeCards", "internal/detector.TestFigures", "graph.TestHostileNumbersInInput"}},
		{"N116", "leverage PCI-compliant payment card processors", sensitive, Enforced | Attested, Protect, "Cards are typed at the processor; only references come back.", []string{"internal/provider/stripe.TestLifecycle", "internal/provider.TestCanary"}},
		{"N117", "we do not sell your personal data to third parties", privacy, Enforced | Attested, Govern, "Data leave only for the vendors of the register, and none of them buys any.", []string{"internal/register.TestRowsAreThePublishedOnes", "internal/provider.TestCards"}},
		{"N118", "your data stays private and unaltered", privacy, Enforced, Protect, "The walls between studios, and constraints within each.", []string{"internal/attack.TestNeighborReads", "internal/attack.TestNeighborChanges", "internal/billing.TestSums"}},
		{"N119", "retained for as long as you remain an active customer", retention, Enforced, Govern, "A studio that leaves has a window for its export, and then is removed.", []string{"internal/retention.TestLeave"}},
		{"N120", "written requests to have certain data deleted", retention, Enforced, Govern, "An erasure goes through every store and ends with a certificate.", []string{"internal/erasure.TestErase", "internal/erasure.TestOrderRefused"}},
		{"N121", "retains certain data like logs and related metadata", retention, Enforced, Govern, "What is kept, and why, stands in the certificate.", []string{"internal/retention.TestKeepAudit"}},
		{"N122", "the ability to define custom data retention policies", retention, Enforced, Govern, "More than promised: a studio sets its own periods within bounds.", []string{"internal/retention.TestSet", "internal/retention.TestKeepChildren"}},
		{"N123", "implement an effective privacy program", privacy, Attested, Govern, stated, nil},
		{"N124", "notify customers as required by law if it becomes aware of a data breach", breach, Enforced, Respond, "Who was affected is computed from the audit log; notices have clocks and a delivery log.", []string{"internal/breach.TestBreach"}},
		{"N125", "features that enable our customers to easily achieve and maintain their GDPR compliance requirements", gdpr, Enforced, Govern, "Access, rectification, erasure and portability are verbs of the API.", []string{"internal/erasure.TestErase", "internal/export.TestPerson", "internal/export.TestRoundTrip"}},
		{"N126", "not intended to create a binding … obligation", scope, Attested, Govern, stated, nil},
		{"N127", "Contact us", contact, Attested, Govern, "The operator's contact.", nil},
	}
}
