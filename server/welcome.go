package main

import (
	"io"
	"net"
	"text/template"

	"github.com/barrehq/barre/internal/seed"
)

// welcome tells a newcomer what runs and what to do with it.
func (d *demo) welcome(w io.Writer) error {
	at, _ := d.on.public.Addr().(*net.TCPAddr)
	return welcomeText().Execute(w, map[string]any{
		"Note": d.note, "Studios": seed.Studios(), "Password": seed.Password.Reveal(), "Data": d.conf.DataDir, "File": d.path(),
		"Private": d.private, "Fake": d.stands.fake, "Vendors": vendors(d.conf), "Redis": d.conf.RedisURL != "",
		"Playground": d.conf.Playground, "Receiver": d.stands.receiver.url, "Open": at != nil && !at.IP.IsLoopback(),
	})
}

func welcomeText() *template.Template {
	return template.Must(template.New("welcome").Parse(`
Barre is running.
{{if .Playground}}
  Playground   {{.Note.Playground}}   (begin here)
{{- end}}
  GraphQL      {{.Note.Endpoint}}
  Metrics      {{.Note.Metrics}}
{{- if .Open}}

  Careful: this address can be reached from other machines, and the demo's
  tokens and passwords are no secrets.
{{- end}}

Two studios, which share nothing. Send a token as "Authorization: Bearer TOKEN".
{{range $n, $t := .Note.Tenants}}{{$s := index $.Studios $n}}
  {{$t.Name}}
    owner         {{$t.OwnerToken}}
    guardian      {{$t.GuardianToken}}
    server        {{$t.SecretKey}}
    storefront    {{$t.PublishableKey}}
    to sign in    {{$s.Owner.Email}} or {{$s.Guardian.Email}}, password {{$.Password}}
{{end}}
What stands around it, and how to use your own:

  Postgres      {{if .Private}}private, in {{.Data}}/postgres. Yours: DATABASE_URL and SYSTEM_DATABASE_URL{{else}}yours{{end}}
  Redis         {{if .Redis}}yours{{else}}none, limits are counted in process. Yours: REDIS_URL{{end}}
  {{- range .Vendors}}{{$name := .Name}}
  {{printf "%-13s" .Title}} {{if index $.Fake $name}}a FAKE; see what it received: {{end}}{{index $.Note.Vendors $name}}
  {{- end}}
                Issue an invoice, and pay it as a family on the page of the fake Stripe;
                what is done on the page of a connected fake comes back by its webhook.
                Yours: STRIPE_SECRET_KEY=sk_test_..., CUSTOMERIO_CREDENTIAL=siteId:apiKey
  Webhooks      a receiver of {{(index .Note.Tenants 0).Name}}: {{.Receiver}}

All of the above is in {{.File}} for tools. barre config lists every setting.
Ctrl-C stops everything; the data stays for the next start; make reset removes it.
`))
}
