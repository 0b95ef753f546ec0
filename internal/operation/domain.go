package operation

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
	"golang.org/x/net/idna"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// domainColumn is Tenant.customDomains, which the table of domains follows.
const domainColumn = "custom_domains"

// maxDomains bounds the custom domains of one studio.
const maxDomains = 20

// domain is what a studio can own: a name with a dot, and no IPv4 address.
var domain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)

// domains returns the hosts as browsers send them: lower case, and names beyond
// ASCII in Punycode.
func domains(given []string) ([]string, error) {
	path := []string{"input", "customDomains"}
	if len(given) > maxDomains {
		return nil, fault.User(fault.Invalid, path, "A studio has at most %d custom domains.", maxDomains)
	}
	hosts := make([]string, 0, len(given))
	for _, text := range given {
		host, err := idna.Lookup.ToASCII(strings.ToLower(text))
		if err != nil || len(host) > 253 || !domain.MatchString(host) {
			return nil, fault.User(fault.Invalid, path, "%.100q is no host name such as classes.example.com: leave out scheme, port and path.", text)
		}
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts, nil
}

// domainsOf reads and corrects the custom domains that a change of a tenant
// writes; claims is false where it writes none.
func domainsOf(m ent.Mutation) (hosts []string, claims bool, err error) {
	given, set := m.Field(domainColumn)
	if m.Type() != "Tenant" || !set {
		return nil, false, nil
	}
	if hosts, err = domains(given.([]string)); err != nil {
		return nil, false, err
	}
	return hosts, true, m.SetField(domainColumn, hosts)
}

// claim makes the given hosts the viewer's studio's, and those that it has
// beyond them nobody's. A host that another studio has is not available; which
// studio that is stays untold.
func (o *Operations) claim(ctx context.Context, hosts []string) error {
	ctx = viewer.Elevated(ctx, "follow the studio's custom domains")
	client, kind := o.store.Client(ctx), ent.Kinds["CustomDomain"]
	rows, err := kind.List(ctx, client, func(*sql.Selector) {})
	if err != nil {
		return err
	}
	had := map[string]uuid.UUID{}
	for _, row := range rows {
		host, _ := row.Column("host").(string)
		had[host] = row.RowID()
		if !slices.Contains(hosts, host) {
			if err := kind.Delete(ctx, client, row.RowID()); err != nil {
				return err
			}
		}
	}
	for _, host := range hosts {
		if _, ours := had[host]; ours {
			continue
		}
		err := client.CustomDomain.Create().SetHost(host).Exec(ctx)
		if failure := store.FailureOf(err); failure != nil && failure.Code == uniqueViolation {
			return fault.User(fault.Taken, []string{"input", "customDomains"}, "%s is not available.", host)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
