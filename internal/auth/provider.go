package auth

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/auditentry"
	"github.com/barrehq/barre/ent/identityprovider"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/ent/signintoken"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/sso"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// maxDomains bounds the mail domains of one identity provider.
const maxDomains = 20

// Connection is the input of ConnectIdentityProvider.
type Connection struct {
	Name     string
	Issuer   string
	ClientID string
	Secret   secret.String // empty keeps the one there is
	Domains  []string
	Required bool
}

// providerColumn is what a client secret is sealed for.
func providerColumn(id uuid.UUID) string { return "identity_providers.client_secret " + id.String() }

// ConnectIdentityProvider lets a studio's people sign in at a provider, once it
// has answered. What is connected under the same issuer and client is changed.
// OWNER and ADMIN may call it.
func (i *Identity) ConnectIdentityProvider(ctx context.Context, in Connection) (*ent.IdentityProvider, error) {
	v, err := keeper(ctx, "connect an identity provider")
	if err != nil {
		return nil, err
	}
	if in, err = in.normal(); err != nil {
		return nil, err
	}
	if i.conf.Visits == nil || i.conf.Box == nil {
		return nil, fault.New(fault.Unavailable, "This server connects no identity providers.")
	}
	if _, err := i.conf.Visits.Begin(ctx, sso.Provider{Issuer: in.Issuer, ClientID: in.ClientID}, ""); err != nil {
		i.door.conf.Log.InfoContext(ctx, "an identity provider did not answer", "reason", err)
		return nil, fault.User(fault.Invalid, []string{"input", "issuer"}, "There is no OpenID provider that answers at this address and calls itself by it.")
	}
	var connected *ent.IdentityProvider
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		connected, err = i.connect(ctx, v.TenantID, in)
		return err
	})
	return connected, err
}

var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)

// normal returns the input as it is stored, or what is wrong with it.
func (in Connection) normal() (Connection, error) {
	var err error
	if in.Name, err = label(in.Name, "name", 100); err != nil {
		return in, err
	}
	if in.ClientID, err = label(in.ClientID, "clientId", 255); err != nil {
		return in, err
	}
	if len(in.Issuer) > 2048 || !pageAddress(in.Issuer) {
		return in, fault.User(fault.Invalid, []string{"input", "issuer"}, "Give the provider's address by https, such as https://auth.example.com.")
	}
	domains := []string{}
	for _, domain := range in.Domains {
		domain = strings.ToLower(strings.TrimSpace(domain))
		if len(domain) > 253 || !domainForm.MatchString(domain) {
			return in, fault.User(fault.Invalid, []string{"input", "domains"}, "Give mail domains, such as example.com.")
		}
		domains = append(domains, domain)
	}
	slices.Sort(domains)
	in.Domains = slices.Compact(domains)
	switch n := len(in.Domains); {
	case n == 0:
		return in, fault.User(fault.Required, []string{"input", "domains"}, "Say for which mail domains the provider vouches.")
	case n > maxDomains:
		return in, fault.User(fault.Invalid, []string{"input", "domains"}, "A provider vouches for at most %d mail domains.", maxDomains)
	}
	return in, nil
}

func (i *Identity) connect(ctx context.Context, tenant uuid.UUID, in Connection) (*ent.IdentityProvider, error) {
	client := i.store.Client(ctx).IdentityProvider
	old, err := client.Query().Where(identityprovider.Issuer(in.Issuer), identityprovider.ClientID(in.ClientID)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, err
	}
	id := rule.NewID()
	if old != nil {
		id = old.ID
	}
	sealed, err := i.conf.Box.Seal([]byte(in.Secret.Reveal()), tenant, providerColumn(id))
	if err != nil {
		return nil, err
	}
	if old == nil {
		return client.Create().SetID(id).SetName(in.Name).SetIssuer(in.Issuer).SetClientID(in.ClientID).SetClientSecret(sealed).
			SetDomains(in.Domains).SetRequired(in.Required).Save(ctx)
	}
	update := client.UpdateOneID(id).SetName(in.Name).SetDomains(in.Domains).SetRequired(in.Required).SetStatus(identityprovider.StatusENABLED)
	if in.Secret != "" {
		update.SetClientSecret(sealed)
	}
	return update.Save(ctx)
}

// DisconnectIdentityProvider ends signing in through a provider, and the
// sessions that it opened. OWNER and ADMIN may call it.
func (i *Identity) DisconnectIdentityProvider(ctx context.Context, id uuid.UUID) (*ent.IdentityProvider, error) {
	v, err := keeper(ctx, "disconnect an identity provider")
	if err != nil {
		return nil, err
	}
	var changed *ent.IdentityProvider
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		changed, err = i.store.Client(ctx).IdentityProvider.UpdateOneID(id).SetStatus(identityprovider.StatusDISABLED).Save(ctx)
		return err
	})
	if ent.IsNotFound(err) {
		err = fault.User(fault.NotFound, []string{"input", "id"}, "There is no such identity provider.")
	}
	if err != nil {
		return nil, err
	}
	_, err = i.endSessions(ctx, v, `s.method = 'SINGLE_SIGN_ON' AND m.identity_provider_id = $2`, v.TenantID, id, i.now())
	i.door.Forget(v.TenantID)
	return changed, err
}

// SingleSignOn is the input of BeginSingleSignOn.
type SingleSignOn struct {
	Studio    string // slug
	Email     string // of whoever signs in: its domain says which provider; may be empty where there is one alone
	ReturnURL string // page of the studio to come back to; its account page when empty
}

// Visit is the way to a provider. Ticket stays in the browser and is shown
// when it comes back.
type Visit struct {
	URL       string
	Ticket    secret.String
	ExpiresAt time.Time
}

// keptVisit is what is kept of a visit.
type keptVisit struct {
	Visit    sso.Visit `json:"visit"`
	Provider uuid.UUID `json:"provider"`
	Tenant   uuid.UUID `json:"tenant"`
	Ticket   string    `json:"ticket"` // digest
	Return   string    `json:"return"`
}

// connected is a provider as it is visited.
type connected struct {
	sso.Provider
	id, tenant uuid.UUID
	domains    []string
	account    string // page of the studio
}

const findProvider = `SELECT p.id, p.tenant_id, p.issuer, p.client_id, p.client_secret, p.domains, t.account_url
	FROM identity_providers p JOIN tenants t ON t.id = p.tenant_id AND t.status <> 'SUSPENDED'
	WHERE p.status = 'ENABLED' AND `

// providers reads what can be visited under a condition.
func (i *Identity) providers(ctx context.Context, condition string, args ...any) ([]connected, error) {
	var list []connected
	err := each(ctx, i.store.Run(ctx), query{findProvider + condition, args}, func(rows store.Rows) error {
		var c connected
		var sealed, domains []byte
		if err := rows.Scan(&c.id, &c.tenant, &c.Issuer, &c.ClientID, &sealed, &domains, &c.account); err != nil {
			return err
		}
		text, err := i.conf.Box.Open(sealed, c.tenant, providerColumn(c.id))
		c.Secret = secret.String(text)
		err = errors.Join(err, json.Unmarshal(domains, &c.domains))
		list = append(list, c)
		return err
	})
	return list, err
}

func noProvider() error {
	return fault.User(fault.NotFound, []string{"input"}, "The studio has no identity provider for this address.")
}

// BeginSingleSignOn returns the way to a studio's identity provider. Everybody
// may ask.
func (i *Identity) BeginSingleSignOn(ctx context.Context, in SingleSignOn) (Visit, error) {
	if i.conf.Visits == nil || i.conf.Box == nil {
		return Visit{}, noProvider()
	}
	across := platform(ctx, "sign a person in at an identity provider")
	list, err := i.providers(across, `t.slug = $1 ORDER BY p.id`, in.Studio)
	if err != nil {
		return Visit{}, err
	}
	if in.Email != "" {
		list = slices.DeleteFunc(list, func(c connected) bool { return !c.vouches(in.Email) })
	}
	if len(list) == 0 || in.Email == "" && len(list) > 1 {
		return Visit{}, noProvider()
	}
	to := list[0]
	if in.ReturnURL == "" {
		in.ReturnURL = to.account
	}
	if !i.returns(ctx, to, in.ReturnURL) {
		return Visit{}, fault.User(fault.Invalid, []string{"input", "returnUrl"}, "Give a page on one of the studio's custom domains, by https.")
	}
	visit, err := i.conf.Visits.Begin(ctx, to.Provider, in.Email)
	if err != nil {
		return Visit{}, unreachable(err)
	}
	ticket, stored := credential.New(credential.Step, "")
	ends := i.now().Add(visitLife)
	err = i.keep(across, step{digest: digestOf(visit.State), kind: signintoken.KindSINGLE_SIGN_ON, expires: ends},
		keptVisit{visit, to.id, to.tenant, hex.EncodeToString(stored.Hash[:]), in.ReturnURL})
	return Visit{visit.URL, ticket, ends}, err
}

// vouches reports whether an address is of one of the provider's domains.
func (c connected) vouches(email string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(strings.TrimSpace(email)), "@")
	return slices.Contains(c.domains, domain)
}

// returns reports whether somebody may be sent back to a page.
func (i *Identity) returns(ctx context.Context, c connected, page string) bool {
	u, err := url.Parse(page)
	if err != nil || !pageAddress(page) {
		return false
	}
	if account, err := url.Parse(c.account); err == nil && c.account != "" && account.Scheme == u.Scheme && account.Host == u.Host {
		return true
	}
	return i.door.AllowedOrigin(ctx, u.Scheme+"://"+u.Host) && i.door.hostMatches(ctx, &viewer.Viewer{TenantID: c.tenant}, u.Host)
}

func unreachable(err error) error {
	f := fault.New(fault.Unavailable, "The identity provider does not answer at this moment. Try again in a few seconds.")
	f.Cause = err
	return f
}

// Callback takes people back from an identity provider: to the page from which
// they came, with what CompleteSingleSignOn needs. It signs nobody in: the
// ticket is in the browser that began, and not in one to which somebody else's
// address was sent.
func (i *Identity) Callback(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	across := platform(r.Context(), "come back from an identity provider")
	var kept keptVisit
	_, found, err := i.find(across, signintoken.KindSINGLE_SIGN_ON, digestOf(asked.Get("state")), &kept)
	if err != nil {
		http.Error(w, "Signing in is not possible at this moment. Try again in a few seconds.", http.StatusServiceUnavailable)
		return
	}
	back, broken := url.Parse(kept.Return)
	if !found || broken != nil {
		http.Error(w, "This way of signing in is out of date. Start again.", http.StatusBadRequest)
		return
	}
	answer := back.Query()
	for _, name := range []string{"state", "code", "error", "iss"} {
		if value := asked.Get(name); value != "" {
			answer.Set(name, value)
		}
	}
	back.RawQuery = answer.Encode()
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

// Return is the input of CompleteSingleSignOn.
type Return struct {
	Ticket, State, Code string
	Issuer              string // as the provider named itself on the way back; may be empty
	Once                Once
}

// CompleteSingleSignOn signs in whoever comes back from an identity provider.
// The person is known by the provider's own name for them, and for the first
// time by an address that the provider has verified and vouches for: a member
// or an invited person of that studio alone.
func (i *Identity) CompleteSingleSignOn(ctx context.Context, in Return) (session Session, err error) {
	across := platform(ctx, "sign a person in at an identity provider")
	var kept keptVisit
	s, found, err := i.find(across, signintoken.KindSINGLE_SIGN_ON, digestOf(in.State), &kept)
	if err != nil {
		return Session{}, err
	}
	ticket := digestOf(in.Ticket)
	if !found || subtle.ConstantTimeCompare([]byte(hex.EncodeToString(ticket)), []byte(kept.Ticket)) != 1 {
		return Session{}, outOfDate("state")
	}
	if gone, err := i.take(across, s); err != nil || !gone {
		return Session{}, cmpErr(err, outOfDate("state"))
	}
	list, err := i.providers(across, `p.id = $1`, kept.Provider)
	if err != nil {
		return Session{}, err
	}
	if len(list) == 0 || in.Issuer != "" && in.Issuer != list[0].Issuer {
		return Session{}, i.strange(ctx, kept.Tenant, errors.New("the provider is not the one that was visited"))
	}
	who, err := i.conf.Visits.Finish(ctx, list[0].Provider, kept.Visit, in.Code)
	switch {
	case errors.Is(err, sso.ErrRefused):
		return Session{}, i.strange(ctx, kept.Tenant, err)
	case err != nil:
		return Session{}, unreachable(err)
	}
	err = i.store.InTx(across, func(ctx context.Context) error {
		m, err := i.recognize(ctx, list[0], who)
		if err == nil {
			session, err = i.open(ctx, m, way{"SINGLE_SIGN_ON", who.SecondFactor}, in.Once)
		}
		return err
	})
	if fault.CodeOf(err) == fault.SignInFailed {
		return Session{}, i.strange(ctx, kept.Tenant, errors.New("nobody of the studio, or an address that was not verified"))
	}
	return session, err
}

// strange records a visit that proves nothing.
func (i *Identity) strange(ctx context.Context, tenant uuid.UUID, why error) error {
	across := platform(ctx, "record a refused sign-in")
	i.door.conf.Log.InfoContext(ctx, "a visit to an identity provider was refused", "reason", why)
	err := i.door.record(across, refusal{[]uuid.UUID{tenant}, auditentry.CategorySIGN_IN, "session.refused", (*viewer.Viewer)(nil).Actor(), i.conf.Now()})
	return cmpErr(err, signInFailed())
}

// recognize returns the member whom a provider means.
func (i *Identity) recognize(ctx context.Context, c connected, who sso.Identity) (member, error) {
	inside := viewer.ForTenant(ctx, c.tenant, "sign a person in at an identity provider")
	client := i.store.Client(ctx).Membership
	found, err := client.Query().Where(membership.IdentityProviderID(c.id), membership.Subject(who.Subject)).Only(inside)
	if err == nil && found.Status == membership.StatusACTIVE && found.UserID != nil {
		return member{c.tenant, *found.UserID, found.ID}, nil
	}
	if err == nil {
		return member{}, signInFailed() // revoked
	}
	if !ent.IsNotFound(err) {
		return member{}, err
	}
	email, err := address(who.Email)
	if err != nil || !who.Verified || !c.vouches(email) {
		return member{}, signInFailed()
	}
	found, err = client.Query().Where(membership.Email(email), membership.StatusNEQ(membership.StatusREVOKED), membership.SubjectIsNil()).Only(inside)
	if ent.IsNotFound(err) {
		return member{}, signInFailed()
	}
	if err != nil {
		return member{}, err
	}
	return i.link(ctx, c, found, who)
}

// link ties a member to who they are at a provider. Who was invited has joined,
// with an account of their own: who else has one with the address proves nothing
// to the provider, nor the provider to them.
func (i *Identity) link(ctx context.Context, c connected, m *ent.Membership, who sso.Identity) (member, error) {
	inside := viewer.ForTenant(ctx, c.tenant, "tie a member to an identity provider")
	update := i.store.Client(ctx).Membership.UpdateOneID(m.ID).Where(membership.Version(m.Version)).
		SetIdentityProviderID(c.id).SetSubject(who.Subject)
	user := uuid.Nil
	if m.UserID != nil {
		user = *m.UserID
	}
	if m.Status == membership.StatusINVITED {
		var err error
		if user, err = i.user(ctx, person{}, m.Email, m.Name); err != nil {
			return member{}, err
		}
		update.SetUserID(user).SetStatus(membership.StatusACTIVE).ClearInviteHash().ClearInviteExpiresAt()
	}
	if user == uuid.Nil {
		return member{}, signInFailed()
	}
	if err := update.Exec(inside); err != nil {
		return member{}, err
	}
	linked := member{c.tenant, user, m.ID}
	return linked, i.note(ctx, linked, "identity_provider.linked")
}
