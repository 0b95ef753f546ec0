package oauth

import (
	"context"
	"database/sql"
	stderrors "errors"
	"fmt"
	"time"

	protocol "github.com/go-oauth2/oauth2/v4"
	"github.com/go-oauth2/oauth2/v4/models"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// outside is a context that ends with another one and holds none of its
// values: above all not its transaction, which belongs to one studio.
type outside struct{ context.Context }

func (outside) Value(any) any { return nil }

// platform returns a context for what has to be known before the studio is,
// outside of any transaction of ctx.
func platform(ctx context.Context, reason string) context.Context {
	return viewer.AcrossTenants(outbox.WithRequest(outside{ctx}, outbox.Request(ctx)), reason)
}

// family is the part of a token's extension under which all that came from one
// consent is found.
const family = "family"

// appKey is where the context of a request has the app that proved itself.
type appKey struct{}

// tokens keeps codes and tokens, as digests.
type tokens struct{ *Desk }

// Create keeps what the protocol has given out: a code, or a pair.
func (t tokens) Create(ctx context.Context, info protocol.TokenInfo) error {
	of, err := uuid.Parse(info.(protocol.ExtendableTokenInfo).GetExtension().Get(family))
	if err != nil {
		return fmt.Errorf("oauth: a token of no family: %w", err)
	}
	now := t.moment()
	if code := info.GetCode(); code != "" && info.GetAccess() == "" {
		return t.keep(ctx, info, row{of, "CODE", code, now.Add(codeLife)})
	}
	err = t.keep(ctx, info, row{of, "ACCESS", info.GetAccess(), now.Add(accessLife)})
	if err == nil && info.GetRefresh() != "" {
		err = t.keep(ctx, info, row{of, "REFRESH", info.GetRefresh(), now.Add(refreshLife)})
	}
	return err
}

type row struct {
	family  uuid.UUID
	kind    string
	token   string
	expires time.Time
}

func (t tokens) keep(ctx context.Context, info protocol.TokenInfo, r row) error {
	_, hash, err := credential.Parse(r.token)
	if err != nil {
		return err
	}
	_, app, err := typeid.Parse(info.GetClientID())
	if err != nil {
		return err
	}
	installation, err := uuid.Parse(info.GetUserID())
	if err != nil {
		return err
	}
	ctx = platform(ctx, "keep a token of an app")
	_, err = t.store.Run(ctx).ExecContext(ctx, `INSERT INTO oauth_tokens
		(id, created_at, updated_at, version, token_hash, kind, family, app_id, installation_id, scope, challenge, redirect_uri, expires_at)
		VALUES ($1, $2, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		rule.NewID(), t.moment(), hash[:], r.kind, r.family, app, installation, info.GetScope(), info.GetCodeChallenge(), info.GetRedirectURI(), r.expires)
	return err
}

// take uses a code or a refresh token up, in one statement, so that of two who
// bring the same one only the first gets anything. The join lets nothing of an
// app that was shut out serve any more.
const take = `UPDATE oauth_tokens k SET used_at = $4, updated_at = $4 FROM app_installations i
	WHERE k.token_hash = $1 AND k.kind = $2 AND k.app_id = $3 AND k.used_at IS NULL AND k.revoked_at IS NULL AND k.expires_at > $4
	AND i.id = k.installation_id AND i.status = 'ACTIVE'
	RETURNING k.family, k.installation_id, k.scope, k.challenge, k.redirect_uri`

// spend returns what a code or a refresh token stands for, once. One that comes
// a second time has been stolen from somebody: everything that came from the
// same consent ends.
func (t tokens) spend(ctx context.Context, kind, token string) (*models.Token, error) {
	_, hash, err := credential.Parse(token)
	app, known := ctx.Value(appKey{}).(uuid.UUID)
	if err != nil || !known {
		return nil, nil
	}
	across := platform(ctx, "use a token of an app up")
	var of, installation uuid.UUID
	info := models.NewToken()
	err = t.one(across, take, []any{hash[:], kind, app, t.moment()}, &of, &installation, &info.Scope, &info.CodeChallenge, &info.RedirectURI)
	if stderrors.Is(err, sql.ErrNoRows) {
		return nil, t.endReused(across, hash, app)
	}
	if err != nil {
		return nil, err
	}
	info.ClientID, info.UserID = typeid.Format("oauthapp", app), installation.String()
	info.Extension.Set(family, of.String())
	info.CodeChallengeMethod = string(protocol.CodeChallengeS256)
	return info, nil
}

// endReused ends the family of a token that was used before.
func (t tokens) endReused(ctx context.Context, hash credential.Hash, app uuid.UUID) error {
	var used bool
	err := t.one(ctx, `SELECT used_at IS NOT NULL FROM oauth_tokens WHERE token_hash = $1 AND app_id = $2`, []any{hash[:], app}, &used)
	if stderrors.Is(err, sql.ErrNoRows) || err == nil && !used {
		return nil
	}
	if err == nil {
		var installation uuid.UUID
		if installation, err = t.endFamily(ctx, hash, app); err == nil {
			t.door.Forget(installation)
		}
	}
	return err
}

// endFamily ends everything that came from the same consent as a token of an
// app, and returns whose installation it was; the nil UUID for none.
func (d *Desk) endFamily(ctx context.Context, hash credential.Hash, app any) (installation uuid.UUID, err error) {
	err = tokens{d}.one(ctx, `WITH given AS (SELECT family FROM oauth_tokens WHERE token_hash = $1 AND app_id = $2)
		UPDATE oauth_tokens k SET revoked_at = COALESCE(k.revoked_at, $3) FROM given WHERE k.family = given.family RETURNING k.installation_id`,
		[]any{hash[:], app, d.moment()}, &installation)
	if stderrors.Is(err, sql.ErrNoRows) {
		return uuid.Nil, nil
	}
	return installation, err
}

// endTokens ends every token of an installation.
func (d *Desk) endTokens(ctx context.Context, installation uuid.UUID) error {
	across := platform(ctx, "end the tokens of an app")
	_, err := d.store.Run(across).ExecContext(across, `UPDATE oauth_tokens SET revoked_at = $2 WHERE installation_id = $1 AND revoked_at IS NULL`, installation, d.moment())
	d.store.AfterCommit(ctx, func() { d.door.Forget(installation) })
	return err
}

// one scans the first row of a query.
func (t tokens) one(ctx context.Context, text string, args []any, into ...any) error {
	rows, err := t.store.Run(ctx).QueryContext(ctx, text, args...)
	if err != nil {
		return fmt.Errorf("oauth: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return fmt.Errorf("oauth: %w", err)
		}
		return sql.ErrNoRows
	}
	return rows.Scan(into...)
}

// GetByCode uses a code up.
func (t tokens) GetByCode(ctx context.Context, code string) (protocol.TokenInfo, error) {
	info, err := t.spend(ctx, "CODE", code)
	if err != nil || info == nil {
		return nil, err
	}
	info.Code, info.CodeCreateAt, info.CodeExpiresIn = code, time.Now(), codeLife // its age was judged by take
	return info, nil
}

// GetByRefresh uses a refresh token up; the protocol gives out another one.
func (t tokens) GetByRefresh(ctx context.Context, refresh string) (protocol.TokenInfo, error) {
	info, err := t.spend(ctx, "REFRESH", refresh)
	if err != nil || info == nil {
		return nil, err
	}
	info.Refresh, info.RefreshCreateAt, info.RefreshExpiresIn = refresh, time.Now(), refreshLife
	return info, nil
}

// GetByAccess is never asked: the door verifies access tokens.
func (tokens) GetByAccess(context.Context, string) (protocol.TokenInfo, error) { return nil, nil }

// RemoveByCode has nothing to do: GetByCode used the code up.
func (tokens) RemoveByCode(context.Context, string) error { return nil }

// RemoveByAccess has nothing to do: an access token lives for minutes.
func (tokens) RemoveByAccess(context.Context, string) error { return nil }

// RemoveByRefresh has nothing to do: GetByRefresh used the token up.
func (tokens) RemoveByRefresh(context.Context, string) error { return nil }
