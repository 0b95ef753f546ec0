package auth

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/ent/signinfactor"
	"github.com/barrehq/barre/internal/factor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
)

// maxFactors bounds the factors of one person, without recovery codes.
const maxFactors = 20

// Factor is one second factor of a person, as the person sees it.
type Factor struct {
	ID        uuid.UUID
	Kind      signinfactor.Kind
	Name      string
	CreatedAt time.Time
	UsedAt    *time.Time
}

// held is a factor as it is stored.
type held struct {
	Factor
	secret []byte // opened
}

func factorColumn(id uuid.UUID) string { return "sign_in_factors.secret " + id.String() }

// factors reads the confirmed factors of a person, without recovery codes.
func (i *Identity) factors(ctx context.Context, user uuid.UUID) ([]held, error) {
	var list []held
	err := each(ctx, i.store.Run(ctx), query{`SELECT id, kind, name, secret, created_at, used_at FROM sign_in_factors
		WHERE user_id = $1 AND kind <> 'RECOVERY_CODE' AND confirmed_at IS NOT NULL ORDER BY id`, []any{user}}, func(rows store.Rows) error {
		var h held
		var sealed []byte
		if err := rows.Scan(&h.ID, &h.Kind, &h.Name, &sealed, &h.CreatedAt, &h.UsedAt); err != nil {
			return err
		}
		if i.conf.Box == nil {
			return errNoBox
		}
		var err error
		h.secret, err = i.conf.Box.Open(sealed, uuid.Nil, factorColumn(h.ID))
		list = append(list, h)
		return err
	})
	return list, err
}

// holder is a person with the passkeys among their factors.
func holder(who self, list []held) (factor.Person, error) {
	p := factor.Person{ID: who.member.user, Email: who.email, Name: who.name}
	for _, h := range list {
		if h.Kind != signinfactor.KindPASSKEY {
			continue
		}
		var key factor.Passkey
		if err := json.Unmarshal(h.secret, &key); err != nil {
			return p, err
		}
		p.Passkeys = append(p.Passkeys, key)
	}
	return p, nil
}

// SecondFactors lists the caller's factors, and how many recovery codes are left.
func (i *Identity) SecondFactors(ctx context.Context) (list []Factor, codes int, err error) {
	who, err := i.caller(ctx)
	if err != nil {
		return nil, 0, err
	}
	across := platform(ctx, "list a person's second factors")
	err = each(across, i.store.Run(across), query{`SELECT id, kind, name, created_at, used_at FROM sign_in_factors
		WHERE user_id = $1 AND confirmed_at IS NOT NULL AND (kind <> 'RECOVERY_CODE' OR used_at IS NULL) ORDER BY id`, []any{who.member.user}}, func(rows store.Rows) error {
		var f Factor
		err := rows.Scan(&f.ID, &f.Kind, &f.Name, &f.CreatedAt, &f.UsedAt)
		if f.Kind == signinfactor.KindRECOVERY_CODE {
			codes++
		} else {
			list = append(list, f)
		}
		return err
	})
	return list, codes, err
}

// BeginAuthenticatorApp makes the secret of an authenticator app, which counts
// once ConfirmAuthenticatorApp has seen a code of it. An earlier one that was
// never confirmed is forgotten.
func (i *Identity) BeginAuthenticatorApp(ctx context.Context) (factor.App, error) {
	who, err := i.owner(ctx)
	if err != nil {
		return factor.App{}, err
	}
	app, err := factor.NewApp(who.studio, who.email)
	if err != nil {
		return factor.App{}, err
	}
	err = i.store.InTx(platform(ctx, "set up an authenticator app"), func(ctx context.Context) error {
		if _, err := i.store.Run(ctx).ExecContext(ctx, `DELETE FROM sign_in_factors WHERE user_id = $1 AND kind = 'TOTP' AND confirmed_at IS NULL`, who.member.user); err != nil {
			return err
		}
		return i.addFactor(ctx, who, newFactor{kind: signinfactor.KindTOTP, name: "Authenticator app", secret: []byte(app.Secret.Reveal())})
	})
	return app, err
}

type newFactor struct {
	kind      signinfactor.Kind
	name      string
	digest    []byte
	secret    []byte
	confirmed bool
}

// addFactor stores a factor, sealed.
func (i *Identity) addFactor(ctx context.Context, who self, f newFactor) error {
	if i.conf.Box == nil {
		return errNoBox
	}
	id, now := rule.NewID(), i.now()
	sealed, err := i.conf.Box.Seal(f.secret, uuid.Nil, factorColumn(id))
	if err != nil {
		return err
	}
	var digest, confirmed any
	if f.digest != nil {
		digest = f.digest
	}
	if f.confirmed {
		confirmed = now
	}
	result, err := i.store.Run(ctx).ExecContext(ctx, `INSERT INTO sign_in_factors (id, created_at, updated_at, user_id, kind, name, digest, secret, confirmed_at)
		SELECT $1, $2, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM sign_in_factors WHERE user_id = $3 AND kind <> 'RECOVERY_CODE') < $9`,
		id, now, who.member.user, string(f.kind), f.name, digest, sealed, confirmed, maxFactors)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fault.User(fault.WrongState, nil, "You have %d second factors already. Remove one first.", maxFactors)
}

// ConfirmAuthenticatorApp makes the app that was begun count, by a code of it.
// The session has its second factor then. With the first factor come recovery
// codes, which are shown once.
func (i *Identity) ConfirmAuthenticatorApp(ctx context.Context, code string) ([]secret.String, error) {
	who, err := i.owner(ctx)
	if err != nil {
		return nil, err
	}
	var codes []secret.String
	err = i.attempt(ctx, proof{account: "factor " + who.member.user.String()}, func() error {
		return i.store.InTx(platform(ctx, "set up an authenticator app"), func(ctx context.Context) (err error) {
			codes, err = i.confirmApp(ctx, who, code)
			return err
		})
	})
	if err == nil {
		i.door.Forget(who.session)
	}
	return codes, err
}

func (i *Identity) confirmApp(ctx context.Context, who self, code string) ([]secret.String, error) {
	var id uuid.UUID
	var sealed []byte
	err := each(ctx, i.store.Run(ctx), query{`SELECT id, secret FROM sign_in_factors WHERE user_id = $1 AND kind = 'TOTP' AND confirmed_at IS NULL FOR UPDATE`,
		[]any{who.member.user}}, func(rows store.Rows) error { return rows.Scan(&id, &sealed) })
	switch {
	case err != nil:
		return nil, err
	case id == uuid.Nil:
		return nil, fault.User(fault.WrongState, nil, "There is no authenticator app to confirm. Begin with beginAuthenticatorApp.")
	}
	app, err := i.conf.Box.Open(sealed, uuid.Nil, factorColumn(id))
	if err != nil {
		return nil, err
	}
	at, ok := factor.Step(secret.String(app), code, i.now())
	if !ok {
		return nil, wrongFactor("code")
	}
	_, err = i.store.Run(ctx).ExecContext(ctx, `UPDATE sign_in_factors SET confirmed_at = $2, used_at = $2, step = $3, updated_at = $2, version = version + 1 WHERE id = $1`,
		id, i.now(), at)
	if err != nil {
		return nil, err
	}
	return i.gained(ctx, who)
}

// gained is what follows a new factor, whichever it is.
func (i *Identity) gained(ctx context.Context, who self) (codes []secret.String, err error) {
	if err := i.note(ctx, who.member, "factor.added"); err != nil {
		return nil, err
	}
	if err := i.proven(ctx, who.session, true); err != nil {
		return nil, err
	}
	has := false
	err = each(ctx, i.store.Run(ctx), query{`SELECT EXISTS (SELECT FROM sign_in_factors WHERE user_id = $1 AND kind = 'RECOVERY_CODE' AND used_at IS NULL)`,
		[]any{who.member.user}}, func(rows store.Rows) error { return rows.Scan(&has) })
	if err != nil || has {
		return nil, err
	}
	return i.newCodes(ctx, who)
}

// newCodes gives a person new recovery codes in place of all earlier ones.
func (i *Identity) newCodes(ctx context.Context, who self) ([]secret.String, error) {
	if _, err := i.store.Run(ctx).ExecContext(ctx, `DELETE FROM sign_in_factors WHERE user_id = $1 AND kind = 'RECOVERY_CODE'`, who.member.user); err != nil {
		return nil, err
	}
	codes := factor.NewRecoveryCodes()
	for _, code := range codes {
		_, err := i.store.Run(ctx).ExecContext(ctx, `INSERT INTO sign_in_factors (id, created_at, updated_at, user_id, kind, digest, confirmed_at) VALUES ($1, $2, $2, $3, 'RECOVERY_CODE', $4, $2)`,
			rule.NewID(), i.now(), who.member.user, factor.RecoveryDigest(who.member.user, code))
		if err != nil {
			return nil, err
		}
	}
	return codes, i.note(ctx, who.member, "recovery_codes.made")
}

// RenewRecoveryCodes shows new codes; the earlier ones no longer work.
func (i *Identity) RenewRecoveryCodes(ctx context.Context) (codes []secret.String, err error) {
	who, err := i.owner(ctx)
	if err != nil {
		return nil, err
	}
	err = i.store.InTx(platform(ctx, "make recovery codes"), func(ctx context.Context) error {
		found, err := i.factors(ctx, who.member.user)
		if err == nil && len(found) == 0 {
			err = fault.User(fault.WrongState, nil, "Recovery codes stand in for a second factor, and you have none. Set one up first.")
		}
		if err == nil {
			codes, err = i.newCodes(ctx, who)
		}
		return err
	})
	return codes, err
}

// RemoveSecondFactor takes one of the caller's factors away; with the last one
// go the recovery codes.
func (i *Identity) RemoveSecondFactor(ctx context.Context, id uuid.UUID) error {
	who, err := i.owner(ctx)
	if err != nil {
		return err
	}
	return i.store.InTx(platform(ctx, "remove a second factor"), func(ctx context.Context) error {
		result, err := i.store.Run(ctx).ExecContext(ctx, `DELETE FROM sign_in_factors WHERE id = $1 AND user_id = $2 AND kind <> 'RECOVERY_CODE'`, id, who.member.user)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.User(fault.NotFound, []string{"input", "id"}, "There is no such second factor."))
		}
		if _, err := i.store.Run(ctx).ExecContext(ctx, `DELETE FROM sign_in_factors WHERE user_id = $1 AND kind = 'RECOVERY_CODE'
			AND NOT EXISTS (SELECT FROM sign_in_factors WHERE user_id = $1 AND kind <> 'RECOVERY_CODE' AND confirmed_at IS NOT NULL)`, who.member.user); err != nil {
			return err
		}
		return i.note(ctx, who.member, "factor.removed")
	})
}

// wrongFactor is the one answer to every second factor that does not serve.
func wrongFactor(field string) error {
	return fault.User(fault.SignInFailed, []string{"input", field}, "This does not prove who you are, or too many attempts have failed. Try again later, or in another way.")
}

// Proof is how somebody proves a second factor: one of the fields.
type Proof struct {
	Code         string          // of an authenticator app
	RecoveryCode secret.String   // each works once
	Passkey      json.RawMessage // answer of the browser
}

func (p Proof) given() int {
	return len(slices.DeleteFunc([]bool{p.Code != "", p.RecoveryCode != "", len(p.Passkey) > 0}, func(given bool) bool { return !given }))
}

// proves takes a second factor of a person; every failure is SIGN_IN_FAILED.
// State is that of the passkey's challenge, nil where none was asked.
func (i *Identity) proves(ctx context.Context, who self, p Proof, state []byte) error {
	switch {
	case p.given() != 1:
		return fault.User(fault.Required, []string{"input"}, "Give one of a code, a recovery code and a passkey.")
	case p.Code != "":
		return i.provesApp(ctx, who, p.Code)
	case p.RecoveryCode != "":
		return i.takes(ctx, "recoveryCode", `UPDATE sign_in_factors SET used_at = $3, updated_at = $3, version = version + 1
			WHERE digest = $1 AND user_id = $2 AND kind = 'RECOVERY_CODE' AND used_at IS NULL`, factor.RecoveryDigest(who.member.user, p.RecoveryCode), who.member.user, i.now())
	}
	if state == nil {
		return wrongFactor("passkey")
	}
	list, err := i.factors(ctx, who.member.user)
	if err != nil {
		return err
	}
	person, err := holder(who, list)
	if err != nil {
		return err
	}
	used, err := factor.Answered(state, person, p.Passkey)
	if err != nil {
		return i.judge(ctx, err, "passkey")
	}
	return i.usedPasskey(ctx, used)
}

func (i *Identity) provesApp(ctx context.Context, who self, code string) error {
	list, err := i.factors(ctx, who.member.user)
	if err != nil {
		return err
	}
	for _, h := range list {
		if h.Kind != signinfactor.KindTOTP {
			continue
		}
		if at, ok := factor.Step(secret.String(h.secret), code, i.now()); ok {
			return i.takes(ctx, "code", `UPDATE sign_in_factors SET step = $2, used_at = $3, updated_at = $3, version = version + 1 WHERE id = $1 AND step < $2`, h.ID, at, i.now())
		}
	}
	return wrongFactor("code")
}

// takes runs a statement that takes what can be taken once.
func (i *Identity) takes(ctx context.Context, field, text string, args ...any) error {
	result, err := i.store.Run(ctx).ExecContext(ctx, text, args...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n != 1 {
		err = wrongFactor(field)
	}
	return err
}

// usedPasskey keeps what a passkey counts.
func (i *Identity) usedPasskey(ctx context.Context, used factor.Passkey) error {
	var id uuid.UUID
	err := each(ctx, i.store.Run(ctx), query{`SELECT id FROM sign_in_factors WHERE digest = $1`, []any{used.Digest()}},
		func(rows store.Rows) error { return rows.Scan(&id) })
	if err != nil {
		return err
	}
	text, err := json.Marshal(used)
	if err != nil {
		return err
	}
	sealed, err := i.conf.Box.Seal(text, uuid.Nil, factorColumn(id))
	if err != nil {
		return err
	}
	_, err = i.store.Run(ctx).ExecContext(ctx, `UPDATE sign_in_factors SET secret = $2, used_at = $3, updated_at = $3, version = version + 1 WHERE id = $1`, id, sealed, i.now())
	return err
}

// proven writes into a session that its person has just proven who they are.
func (i *Identity) proven(ctx context.Context, session uuid.UUID, secondFactor bool) error {
	_, err := i.store.Run(ctx).ExecContext(ctx, `UPDATE auth_sessions SET proven_at = $2, updated_at = $2, version = version + 1,
		second_factor_at = CASE WHEN $3 THEN $2 ELSE second_factor_at END WHERE id = $1`, session, i.now(), secondFactor)
	return err
}
