// Package fusionauth keeps the accounts of a studio's people at a FusionAuth,
// where they sign in: a member is a user there, registered for one application
// with the role that they have at the studio. FusionAuth writes to a new one,
// who chooses a password there; it never passes through here. The application
// needs the roles OWNER, ADMIN, FRONT_DESK, TEACHER and GUARDIAN.
//
// FusionAuth has no address of its own: each deployment runs one, which
// Config.URL names. A connection's Credential is an API key, and its Secrets
// are the keys of its webhook where that signs with a shared one. Its options
// are:
//
//	application_id       the application that members are registered for
//	tenant_id            FusionAuth's tenant; empty where it has only one
//	signature_algorithm  what the webhook is signed with: HS256, RS256, ES256,
//	                     EdDSA or one of their longer forms; empty for HS256
//	reset_mail           fusionauth, to have FusionAuth mail members who want a new
//	                     password the link to its own page; empty leaves the mail to
//	                     the provider of messages, and the password to us
package fusionauth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// ID is the vendor's key in the database.
const ID = "fusionauth"

// Names of a connection's options.
const (
	OptionApplication = "application_id"
	OptionTenant      = "tenant_id"
	OptionAlgorithm   = "signature_algorithm"
	OptionResetMail   = provider.OptionResetMail
)

// Config of a FusionAuth.
type Config struct {
	provider.Config
	// URL is the deployment's FusionAuth, the only host that is reached; empty
	// reaches none outside of development.
	URL string
}

// FusionAuth is the provider.Provider.
type FusionAuth struct {
	config Config
	mu     sync.Mutex
	keys   map[string]keySet // by address
}

var _ provider.Provider = (*FusionAuth)(nil)

// New returns the provider. A call has 15 s unless c says otherwise.
func New(c Config) *FusionAuth {
	c.Config = c.Filled(15 * time.Second)
	return &FusionAuth{config: c, keys: map[string]keySet{}}
}

// Name returns ID.
func (f *FusionAuth) Name() string { return ID }

// Card returns FusionAuth's row of the register. A password is in the row
// because people type it there; no call of ours holds one. Birth date,
// telephone and the address of a parent exist in FusionAuth's user and are not
// in the row.
func (f *FusionAuth) Card() provider.Card {
	card := provider.Card{
		Name:       "FusionAuth",
		Nature:     "Authentication",
		DataShared: "Name, email, password",
		Location:   "US",
		Contact:    "privacy@fusionauth.io",
		Classes:    []provider.DataClass{provider.Name, provider.Email},
		Headers:    []string{"X-Fusionauth-Tenantid"},
		Calls:      calls(),
		SafeRetry:  0, // ids are ours: what exists is found by them
	}
	if u, err := url.Parse(f.config.URL); err == nil && u.Host != "" {
		card.Hosts = []string{u.Host}
	}
	return card
}

func calls() []provider.Call {
	user := append(provider.Fields(provider.Email, "user.email"), provider.Fields(provider.Name, "user.fullName")...)
	registration := append(provider.Fields(provider.OpaqueRef, "registration.applicationId"), provider.Fields(provider.Operational, "registration.roles[]")...)
	return []provider.Call{
		{Name: "forgot password", Method: "POST", Path: "/api/user/forgot-password", Body: provider.Join( // before what stands for any id
			provider.Fields(provider.Email, "loginId"), provider.Fields(provider.OpaqueRef, "applicationId"), provider.Fields(provider.Operational, "sendForgotPasswordEmail"),
		), Withheld: []string{"changePasswordId", "loginIdTypes", "sendForgotPasswordMessage", "state", "email", "username", "eventInfo"}},
		{Name: "create user", Method: "POST", Path: "/api/user/{id}", Withheld: slices.Concat(userWithheld(), requestWithheld()),
			Body: append(provider.Fields(provider.Operational, "sendSetPasswordEmail", "skipVerification"), user...)},
		{Name: "get user", Method: "GET", Path: "/api/user/{id}"},
		{Name: "update user", Method: "PATCH", Path: "/api/user/{id}", Body: user,
			Withheld: append(slices.Concat(userWithheld(), requestWithheld()), "sendSetPasswordEmail", "skipVerification")},
		{Name: "reactivate user", Method: "PUT", Path: "/api/user/{id}", Query: provider.Fields(provider.Operational, "reactivate"),
			Withheld: append(requestWithheld(), "user", "sendSetPasswordEmail", "skipVerification")},
		{Name: "deactivate or delete user", Method: "DELETE", Path: "/api/user/{id}", Query: provider.Fields(provider.Operational, "hardDelete"),
			Withheld: []string{"eventInfo", "hardDelete"}},
		{Name: "register user", Method: "POST", Path: "/api/user/registration/{id}", Body: registration, Withheld: registrationWithheld()},
		{Name: "change role", Method: "PATCH", Path: "/api/user/registration/{id}", Body: registration, Withheld: registrationWithheld()},
		{Name: "get application", Method: "GET", Path: "/api/application/{id}"},
		{Name: "get keys", Method: "GET", Path: "/.well-known/jwks.json"},
	}
}

// userWithheld is what FusionAuth's user has besides: birth date, telephone,
// a parent's address and the password above all.
func userWithheld() []string {
	return provider.Under("user.", "active", "birthDate", "breachedPasswordLastCheckedInstant", "breachedPasswordStatus", "cleanSpeakId", "connectorId",
		"data", "encryptionScheme", "expiry", "factor", "firstName", "id", "identities", "imageUrl", "insertInstant", "lastLoginInstant", "lastName",
		"lastUpdateInstant", "legacyIdentifier", "memberships", "middleName", "mobilePhone", "parentEmail", "password", "passwordChangeReason",
		"passwordChangeRequired", "passwordLastUpdateInstant", "phoneNumber", "preferredLanguages", "registrations", "salt", "tenantId", "timezone",
		"twoFactor", "uniqueUsername", "username", "usernameStatus", "verified", "verifiedInstant")
}

// requestWithheld is what a request about a user has besides the user.
func requestWithheld() []string {
	return []string{"applicationId", "currentPassword", "disableDomainBlock", "sendSetPasswordIdentityType", "verificationIds", "eventInfo"}
}

func registrationWithheld() []string {
	return append(provider.Under("registration.", "authenticationToken", "cleanSpeakId", "data", "id", "insertInstant", "lastLoginInstant",
		"lastUpdateInstant", "preferredLanguages", "timezone", "tokens", "username", "usernameStatus", "verified", "verifiedInstant"),
		"user", "disableDomainBlock", "eventInfo", "generateAuthenticationToken", "sendSetPasswordEmail", "sendSetPasswordIdentityType",
		"skipRegistrationVerification", "skipVerification", "verificationIds")
}

// Fits says what of a connection does not go together, in words for the studio;
// empty where all does.
func Fits(c provider.Connection) string {
	if _, known := algorithmOf(c); !known {
		return "The option signature_algorithm is HS256, RS256, ES256, EdDSA or one of their longer forms."
	}
	if mailer := c.Options[OptionResetMail]; mailer != "" && mailer != ID {
		return "The option reset_mail is fusionauth, or not given."
	}
	return ""
}

// Check implements provider.Provider: it asks for the application.
func (f *FusionAuth) Check(ctx context.Context, c provider.Connection) error {
	application := c.Options[OptionApplication]
	if application == "" {
		return permanent("the connection has no option " + OptionApplication)
	}
	err := f.call(ctx, c, provider.Request{Method: http.MethodGet, URL: "/api/application/" + application})
	if provider.Gone(err) {
		return permanent("there is no application of the option " + OptionApplication)
	}
	return err
}

// call makes a call to a path of the API. The key stands in the header as it
// is: FusionAuth takes "Bearer" for a user's token.
func (f *FusionAuth) call(ctx context.Context, c provider.Connection, r provider.Request) error {
	base := c.Endpoint(strings.TrimSuffix(f.config.URL, "/"))
	if base == "" {
		return permanent("this server has no FusionAuth")
	}
	r.URL = base + r.URL
	r.Header = http.Header{"Authorization": {c.Credential.Reveal()}}
	if tenant := c.Options[OptionTenant]; tenant != "" {
		r.Header.Set("X-FusionAuth-TenantId", tenant)
	}
	client := provider.Client{Vendor: ID, Card: f.Card(), Connection: c, Config: f.config.Config, Refine: refine}
	_, err := client.Do(ctx, r)
	return err
}

// problem is one entry of FusionAuth's errors; its message repeats values.
type problem struct {
	Code string `json:"code"`
}

// refine keeps the first code. Its document writes fieldErrors as a list, its
// manual as lists by field; either is read.
func refine(e *provider.Error, _ http.Header, body []byte) {
	if e.Status == http.StatusLocked {
		e.Class = provider.Transient
	}
	var refusal struct {
		Fields  json.RawMessage `json:"fieldErrors"`
		General []problem       `json:"generalErrors"`
	}
	if json.Unmarshal(body, &refusal) != nil {
		return
	}
	all := refusal.General
	var list []problem
	var byField map[string][]problem
	if json.Unmarshal(refusal.Fields, &list) == nil {
		all = append(all, list...)
	} else if json.Unmarshal(refusal.Fields, &byField) == nil {
		for _, of := range byField {
			all = append(all, of...)
		}
	}
	var codes []string
	for _, p := range all {
		codes = append(codes, p.Code)
	}
	e.Code = strings.Join(codes, " ")
}

func permanent(code string) error {
	return &provider.Error{Provider: ID, Class: provider.Permanent, Code: code}
}
