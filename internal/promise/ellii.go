package promise

// school returns what Ellii's security page promises to schools.
func school() []Promise {
	const (
		commitment  = "Ellii, Our security commitment"
		encryption  = "Ellii, Encryption in transit & at rest"
		hosting     = "Ellii, Hosting & data residency"
		access      = "Ellii, Access controls"
		monitoring  = "Ellii, Monitoring & threat detection"
		backups     = "Ellii, Backups & disaster recovery"
		vendors     = "Ellii, Sub-processors"
		documents   = "Ellii, Available documents on request"
		questions   = "Ellii, Questions about this policy"
		sharesOnly  = "The list of what each call to the vendor may hold is applied where requests leave; anything else stops them."
		sharesProof = "internal/provider.TestCanary"
	)
	return []Promise{
		{"L1", "aligned with the NIST Cybersecurity Framework", commitment, Attested | Enforced, Govern,
			"Every promise is mapped to a function of the framework, and each function has one that is enforced.",
			[]string{"internal/promise.TestFunctions"}},
		{"L2", "Security is built into how we design, host, monitor, and operate", commitment, Enforced, Govern,
			"The program refuses to start where a wall is missing or a setting is weak.",
			[]string{"internal/attack.TestWallRefusesPowerfulRole", "internal/attack.TestAttackNoticesMissingWalls", "server.TestConfigRefuses", "server.TestDatabasesAreEncrypted"}},
		{"L3", "Every member of our team is trained", commitment, Attested, Govern, "The operator states it, with an end.", nil},
		{"L4", "We continuously review our controls", commitment, Attested, Govern, "The operator states it, with an end.", nil},
		{"L5", "All traffic to our platform is encrypted in transit using HTTPS / SSL", encryption, Enforced, Protect,
			"Connections to the database and to vendors are encrypted; browsers are told to use nothing else.",
			[]string{"server.TestDatabasesAreEncrypted", "internal/limit.TestDialOverTLSVerifies", "internal/webhook.TestStrangeCertificate", "server.TestOnlyNewTLS", "server.TestCertificates"}},
		{"L6", "All stored data is encrypted at rest with AES-256", encryption, Enforced | Attested, Protect,
			"Credentials, sensitive fields and backups are sealed with AES-256-GCM; the disks are the host's.",
			[]string{"internal/sealed.TestOpaque", "internal/sealed.TestRoundTrip", "internal/worker.TestBodiesAreSealed", "internal/backup.TestWholeWay", "internal/key.TestNoPlaintextAtRest", "internal/key.TestNoPlaintextInDump"}},
		{"L7", "hosted on Heroku in AWS us-east-1", hosting, Enforced | Attested, Protect,
			"A deployment says its region and refuses files and keys of another.", []string{"server.TestRegion"}},
		{"L8", "We do not allow data transit or storage outside of these systems", hosting, Enforced, Protect,
			"Only clients that were built for a registered vendor or a studio's own webhook can leave the program.",
			[]string{"internal/archtest.TestPlaces", "internal/provider.TestGuard", "internal/webhook.TestSendRefusesHostile"}},
		{"L9", "certifications including ISO 27001, SOC 1, SOC 2", hosting, Attested, Govern, "The host's certificates, each with its end.", nil},
		{"L10", "password-protected, role-based access controls that follow the principle of least privilege", access, Enforced, Protect,
			"A role may do what its entity's file grants and nothing else, in the program and in the database.",
			[]string{"internal/attack.TestNeighborReads", "internal/attack.TestNeighborChanges", "internal/attack.TestAttackNoticesEachMissingRule"}},
		{"L11", "Staff only receive the access required to perform their role", access, Enforced, Protect,
			"The operator's staff have no standing access; each time is asked for, short and for one studio.", []string{"internal/attack.TestStaffReadsNothingSensitive", "internal/attack.TestStaffAsk"}},
		{"L12", "that access is reviewed regularly", access, Enforced, Protect,
			"A review asks for each grant anew; what nobody confirms lapses.", []string{"internal/review.TestReview"}},
		{"L13", "Administrative access requires strong authentication", access, Enforced, Protect,
			"A studio can require a second factor of everybody, a session without one can only enroll it; the operator's staff ask for no access without one.", []string{"internal/auth.TestRequiredSecondFactor", "internal/staff.TestSecondFactorOfStaff", "graph.TestStepUpRequired", "graph.TestSecondFactorRequired"}},
		{"L14", "and is audited", access, Enforced, Detect,
			"The entry is written in the transaction of what it tells.", []string{"internal/attack.TestEntries", "internal/audit.TestSeal"}},
		{"L15", "Production systems are separated from development environments", access, Enforced, Protect,
			"Keys say whether they are worth something; a server takes only those of its own environment.", []string{"internal/auth.TestKeysOfAnotherEnvironment"}},
		{"L16", "customer data is never copied into non-production environments", access, Enforced, Protect,
			"A backup says which environment it is of; another one refuses it.", []string{"internal/backup.TestWholeWay", "internal/export.TestRoundTrip"}},
		{"L17", "Web Application Firewall (WAF) together with monitoring tools to detect malicious traffic", monitoring, Enforced | Attested, Detect,
			"Documents and inputs are judged before they run; what comes before the server is the host's.",
			[]string{"internal/guard.TestDocument", "internal/guard.TestInput", "internal/guard.TestWorkIsLinear", "internal/attack.TestHostileInput", "server.TestHostileClients"}},
		{"L18", "Alerts are routed to our on-call engineering team", monitoring, Enforced, Respond,
			"An alert waits to be acknowledged and escalates if nobody does.",
			[]string{"internal/alert.TestAcknowledgeAndEscalate"}},
		{"L19", "Logs from our application, infrastructure, and security tooling are retained for forensic review", monitoring, Enforced, Detect,
			"Each request leaves a line with its id; the audit log is kept for as long as its class says.", []string{"server.TestRequests", "server.TestTraces", "internal/retention.TestKeepAudit"}},
		{"L20", "continuous improvement of our detection rules", monitoring, Attested, Detect, "The operator states it, with an end.", nil},
		{"L21", "Backups are encrypted", backups, Enforced, Protect, "A backup is sealed before it is stored.", []string{"internal/backup.TestWholeWay"}},
		{"L22", "created regularly", backups, Enforced, Recover, "Backups are made daily, and a missing one raises an alert.", []string{"internal/backup.TestWholeWay"}},
		{"L23", "Restores are periodically tested", backups, Measured, Recover,
			"The drill restores the newest backup beside the live system, compares every studio and times it.", []string{"internal/backup.TestWholeWay", "server.TestBackupCommands"}},
		{"L24", "Disaster Recovery and Incident Response plan documents the steps our team follows", backups, Attested | Enforced, Respond,
			"Who a breach touched is computed from the audit log, with clocks and notices.", []string{"internal/breach.TestBreach"}},
		{"L25", "a small number of trusted vendors", vendors, Enforced, Govern,
			"Only the vendors of the register can be called.", []string{"internal/register.TestRowsAreThePublishedOnes", "internal/archtest.TestNeighborsOfProviders"}},
		{"L26", "bound by data-processing terms", vendors, Attested, Govern, "The operator states it for each vendor, with an end.", nil},
		{"L27", "The table below lists the sub-processors currently in use", vendors, Enforced, Govern,
			"The page is made of the list that requests are held to.", []string{"internal/register.TestPage", "internal/register.TestRowsAreThePublishedOnes", "internal/register.TestOperationsAreTheCalls"}},
		{"L28", "We will update this list when we add, remove, or change vendors", vendors, Enforced, Govern,
			"A new vendor gets nothing until its notice period has passed; studios are told and can object.",
			[]string{"internal/provider.TestGuardWaitsForTheNoticePeriod", "internal/destination.TestNoticePeriod", "internal/destination.TestObjection", "internal/announcement.TestAnnouncements"}},
		{"L29", "HelpScout: Name, email, any info that is provided to us through email; communication", vendors, Enforced, Protect, sharesOnly,
			[]string{sharesProof, "internal/provider/helpscout.TestLifecycle"}},
		{"L30", "Recurly: Name, email, org address, country, phone, billing information", vendors, Enforced, Protect, sharesOnly,
			[]string{sharesProof, "internal/provider/recurly.TestCardIsComplete"}},
		{"L31", "Pipedrive: Name, email, org address, country, phone, billing information", vendors, Enforced, Protect, sharesOnly,
			[]string{sharesProof, "internal/provider/pipedrive.TestCardIsComplete"}},
		{"L32", "PayCove: Name, email, org address, country, phone, billing information", vendors, Enforced, Protect, sharesOnly,
			[]string{sharesProof, "internal/provider/paycove.TestCardHasSources"}},
		{"L33", "Stripe: Name, email, billing address, payment details", vendors, Enforced, Protect, sharesOnly,
			[]string{sharesProof, "internal/provider/stripe.TestLifecycle"}},
		{"L34", "Customer.io: Name, email, notifications and system functions", vendors, Enforced, Protect, sharesOnly,
			[]string{sharesProof, "internal/provider.TestChangeHasNoStudentData"}},
		{"L35", "AWS: No access to data in normal course of business", vendors, Attested, Protect, "The operator states it; what is stored there is sealed.", nil},
		{"L36", "Heroku: Data is encrypted; no access to data in normal course of business", vendors, Enforced | Attested, Protect, "The operator states it; what is stored there is sealed.", []string{"internal/key.TestNoPlaintextInDump"}},
		{"L37", "FusionAuth: Name, email, password", vendors, Enforced, Protect, sharesOnly,
			[]string{sharesProof, "internal/provider/fusionauth.TestCardIsComplete", "internal/auth.TestSingleSignOn", "internal/sso.TestVisit", "internal/sso.TestForgedVisit"}},
		{"L38", "Location: US", vendors, Enforced, Protect, "Each vendor has its location in the register, and a studio may forbid one.",
			[]string{"internal/register.TestRowsAreThePublishedOnes", "internal/destination.TestForbiddenLocations"}},
		{"L39", "HECVAT (Higher Education Community Vendor Assessment Toolkit)", documents, Attested, Govern, "The document, with its digest and its end.", nil},
		{"L40", "System architecture diagram", documents, Enforced, Govern, "It is drawn from the table that the program is held to.",
			[]string{"internal/archtest.TestDiagram", "internal/archtest.TestArrows"}},
		{"L41", "A current DAST scan (Dynamic Application Security Testing)", documents, Measured, Identify,
			"The attacks run against the program itself, with every proof.", []string{"internal/attack.TestHostileInput", "internal/attack.TestHostileCredentials", "server.TestHostileClients"}},
		{"L42", "Information Security Policy", documents, Attested, Govern, "The document, with its digest and its end.", nil},
		{"L43", "Disaster Recovery and Incident Response plan", documents, Attested, Govern, "The document, with its digest and its end.", nil},
		{"L44", "You can reach out to our team", questions, Attested, Govern, "The operator's contact.", nil},
	}
}
