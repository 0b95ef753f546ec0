package transport

import (
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// UseStrictRules makes srv validate with Rules. Both settings are needed:
// without the second gqlgen puts two of the talkative rules back.
func UseStrictRules(srv *handler.Server) {
	srv.SetValidationRulesFn(Rules)
	srv.SetDisableSuggestion(true)
}

// Rules returns the validation rules of the specification, none of which
// guesses what the caller meant (guesses give away a closed schema), and a
// refusal of @defer and @stream, whose later parts no transport here would
// ever collect. The set is new on each call, as gqlgen changes it.
func Rules() *rules.Rules {
	r := rules.NewDefaultRules()
	for talkative, silent := range map[string]core.Rule{
		rules.FieldsOnCorrectTypeRule.Name: rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRule.Name:         rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRule.Name: rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	} {
		r.RemoveRule(talkative)
		r.AddRule(silent.Name, silent.RuleFunc)
	}
	r.AddRule("NoIncrementalDelivery", noIncrementalDelivery)
	return r
}

func noIncrementalDelivery(observers *core.Events, addError core.AddErrFunc) {
	observers.OnDirective(func(_ *core.Walker, d *ast.Directive) {
		if d.Name == "defer" || d.Name == "stream" {
			addError(core.Message("@%s is not supported.", d.Name), core.At(d.Position))
		}
	})
}
