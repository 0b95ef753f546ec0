package feed

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/typeid"
)

// CatalogueVersion is the day on which messages last changed in a way that a
// receiver can notice: a field went, or got another type. Fields and types of
// event are added without a new version; a receiver ignores what it does not
// know.
const CatalogueVersion = "2026-11-22"

// EventType is one type of event, as a developer meets it.
type EventType struct {
	Name        string
	Description string
	Version     string          // CatalogueVersion
	Schema      json.RawMessage // JSON Schema of a whole message with payload FAT
	Example     json.RawMessage // such a message
}

// Catalogue returns every type of event, in alphabetical order. Treat it as
// read-only.
var Catalogue = sync.OnceValue(func() []EventType {
	list := make([]EventType, len(Types()))
	for i, name := range Types() {
		list[i] = describe(name)
	}
	return list
})

func describe(name string) EventType {
	subject, word, _ := strings.Cut(name, ".")
	k := kind{name: name, word: word, fixed: map[string]map[string]any{
		TestType:   {"test": true},
		ReplayType: {"after": 0, "to": 100, "types": []string{}},
		RetryType:  {"webhookEndpointId": nil, "sequence": 42},
	}[name]}
	switch {
	case name == RetryType:
		k.entity = catalog.Entities["Delivery"]
	case k.fixed != nil:
		k.entity = catalog.Entities["WebhookEndpoint"]
	default:
		k.entity = byPrefix(subject)
	}
	return EventType{Name: name, Description: k.about(), Version: CatalogueVersion, Schema: text(k.schema()), Example: text(k.example())}
}

func byPrefix(prefix string) *catalog.Entity {
	for _, entity := range catalog.Entities {
		if entity.Prefix == prefix && !entity.Hidden {
			return entity
		}
	}
	return nil
}

func text(value any) json.RawMessage {
	out, err := json.Marshal(value)
	if err != nil {
		panic("feed: " + err.Error()) // it was made of plain maps here
	}
	return out
}

// kind is what the schema and the example of a type are made of.
type kind struct {
	name, word string
	entity     *catalog.Entity
	fixed      map[string]any // the data of an event that no record's change makes; nil for all others
}

func (k kind) about() string {
	switch k.name {
	case TestType:
		return "Somebody asked to test a webhook endpoint. It is sent to that endpoint alone."
	case ReplayType:
		return "Somebody asked to send earlier events to a webhook endpoint again."
	case RetryType:
		return "Somebody asked to try a delivery again."
	case "webhookendpoint.disabled":
		return "A webhook endpoint is sent nothing any more. Its disabledReason says why, where nobody did it by hand."
	}
	about := "A record of type " + k.entity.Name + " was " + k.word + "."
	if k.word == "left" {
		about = "Somebody left the line of a class."
	}
	return about + " " + k.entity.About
}

// gone reports whether the record is there no more.
func (k kind) gone() bool { return k.word == "deleted" && k.fixed == nil }

// shown are the fields that events have, as encode.Record writes them.
func (k kind) shown() []*catalog.Field {
	var list []*catalog.Field
	for i := range k.entity.Fields {
		field := &k.entity.Fields[i]
		if field.Class == "secret" || field.Class == "sensitive" || field.Hidden && field.Target == "" {
			continue
		}
		list = append(list, field)
	}
	return list
}

type object = map[string]any

// closed is an object of which all properties are there.
func closed(properties object) object {
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return object{"type": "object", "properties": properties, "required": names}
}

func moment() object { return object{"type": "string", "format": "date-time"} }

func (k kind) schema() object {
	number := object{"type": "integer"}
	change := closed(object{
		"id": id("event"), "sequence": object{"type": "integer", "minimum": 1}, "epoch": object{"type": "integer", "minimum": 1}, "type": object{"const": k.name},
		"entityType": object{"const": k.entity.Name}, "entityId": id(k.entity.Prefix), "entityVersion": object{"type": "integer", "minimum": 1},
		"changed": object{"type": "array", "items": object{"type": "string"}}, "actor": object{"type": "string"},
		"occurredAt": moment(), "tombstone": object{"const": k.gone()}, "data": k.data(),
	})
	schema := closed(object{
		"type": object{"const": k.name}, "timestamp": moment(), "sequence": object{"type": "integer", "minimum": 1}, "previousSequence": number,
		"epoch": object{"type": "integer", "minimum": 1}, "data": change,
	})
	schema["$schema"], schema["title"] = "https://json-schema.org/draft/2020-12/schema", k.name
	return schema
}

func (k kind) data() object {
	if k.gone() {
		return object{"type": "null"}
	}
	properties := object{}
	for name := range k.fixed {
		properties[name] = object{}
	}
	if k.fixed == nil {
		for _, field := range k.shown() {
			properties[field.Name] = form(field)
		}
	}
	return closed(properties)
}

// id is the schema of a typed id.
func id(prefix string) object {
	return object{"type": "string", "pattern": "^" + prefix + "_[0-9a-z]{26}$"}
}

func target(field *catalog.Field) string {
	if entity, known := catalog.Entities[field.Target]; known {
		return entity.Prefix
	}
	return "id"
}

// form is the schema of a value.
func form(field *catalog.Field) object {
	schema := map[catalog.Kind]object{
		catalog.Text: {"type": "string"}, catalog.ID: id(target(field)), catalog.Int: {"type": "integer"}, catalog.Bool: {"type": "boolean"},
		catalog.Time: moment(), catalog.Date: {"type": "string", "format": "date"}, catalog.Enum: {"enum": field.Values},
		catalog.List: {"type": "array", "items": object{"type": "string"}}, catalog.JSON: {},
	}[field.Kind]
	if field.Nullable {
		schema = object{"anyOf": []object{schema, {"type": "null"}}}
	}
	if field.About != "" {
		schema["description"] = field.About
	}
	return schema
}

const exampleTime = "2026-11-22T15:04:05.123456Z"

// exampleID is an id that no record has.
func exampleID(prefix string) string {
	return typeid.Format(prefix, uuid.MustParse("0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"))
}

func (k kind) example() object {
	var data any
	switch {
	case k.fixed != nil:
		data = k.fixed
	case !k.gone():
		values := object{}
		for _, field := range k.shown() {
			values[field.Name] = sample(field)
		}
		data = values
	}
	changed := []string{}
	if k.word == "updated" {
		changed = append(changed, "description")
	}
	change := object{
		"id": exampleID("event"), "sequence": 42, "epoch": 1, "type": k.name, "entityType": k.entity.Name, "entityId": exampleID(k.entity.Prefix), "entityVersion": 2,
		"changed": changed, "actor": "user:0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b", "occurredAt": exampleTime, "tombstone": k.gone(), "data": data,
	}
	return object{"type": k.name, "timestamp": exampleTime, "sequence": 42, "previousSequence": 41, "epoch": 1, "data": change}
}

// sample is a value of a field.
func sample(field *catalog.Field) any {
	switch field.Kind {
	case catalog.ID:
		return exampleID(target(field))
	case catalog.Int:
		return 2
	case catalog.Bool:
		return true
	case catalog.Time:
		return exampleTime
	case catalog.Date:
		return exampleTime[:len("2026-11-22")]
	case catalog.Enum:
		return field.Values[0]
	case catalog.List:
		return []string{}
	case catalog.JSON:
		return object{}
	default:
		return sampleText(field)
	}
}

func sampleText(field *catalog.Field) string {
	switch field.Scalar {
	case "EmailAddress":
		return "ada@example.com"
	case "URL":
		return "https://example.com/hooks"
	case "CurrencyCode":
		return "USD"
	}
	return "Example of " + field.Name
}
