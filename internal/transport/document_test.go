package transport_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/transport"
)

// documents are shapes from roomy to dense, each made unique by n.
var documents = map[string]func(n int) string{
	"roomy": func(n int) string {
		return fmt.Sprintf("query AnOperation%d {\n  hello(name: \"somebody\")\n  item {\n    id\n    name\n  }\n}", n)
	},
	"dense":     func(n int) string { return fmt.Sprintf("query a%d{%s}", n, strings.Repeat("hello ", 300)) },
	"arguments": func(n int) string { return fmt.Sprintf("query a%d{%s}", n, aliases(100, "hello(n:1,color:RED)")) },
	"input": func(n int) string {
		return fmt.Sprintf("query a%d{hello(shape:%s{size:1}%s)}", n, strings.Repeat("{not:", 90), strings.Repeat("}", 90))
	},
	"fragments": func(n int) string {
		return fmt.Sprintf("query a%d{%s} fragment F on Query{hello}", n, strings.Repeat("...F ", 200))
	},
	"variables": func(n int) string {
		return fmt.Sprintf("query a%d(%s){hello(%s)}", n, variables("$v%d:Int=1 ", 1), "n:$v0")
	},
	"directives": func(n int) string { return fmt.Sprintf("query a%d{%s}", n, aliases(100, "hello@include(if:true)")) },
	"long":       func(n int) string { return fmt.Sprintf("query a%d{hello} #%s", n, strings.Repeat("x", 8000)) },
}

func aliases(n int, field string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d:%s ", i, field)
	}
	return b.String()
}

func variables(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// What the cache charges is what the documents take: never much less, or the
// bound is none; not many times more, or it keeps too little.
func TestDocumentCacheMemory(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: sdl})
	for name, text := range documents {
		const count = 40
		kept := make([]*ast.QueryDocument, 0, count)
		charged, before := int64(0), heap()
		for i := range count {
			q := text(i)
			doc, err := gqlparser.LoadQueryWithRules(schema, q, transport.Rules())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			kept = append(kept, doc)
			charged += transport.Weight(q, doc)
		}
		taken := heap() - before
		runtime.KeepAlive(kept)
		ratio := float64(charged) / float64(taken)
		t.Logf("%-10s text %5d bytes, heap %6d, charged %6d: %.2f", name, len(text(0)), taken/count, charged/count, ratio)
		if ratio < 0.8 || ratio > 2.5 {
			t.Errorf("%s: charged %.2f of the memory taken", name, ratio)
		}
	}
}

// G23: a storm of distinct documents leaves the cache within its bound, and
// what is in use stays.
func TestDocumentCacheIsBounded(t *testing.T) {
	const bound = 1 << 20
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: sdl})
	cache := transport.NewDocumentCache(bound)
	doc, err := gqlparser.LoadQueryWithRules(schema, "{hello}", transport.Rules())
	if err != nil {
		t.Fatal(err)
	}
	charge := transport.Weight(strings.Repeat("x", 1000), doc)
	cache.Add(t.Context(), "in use", doc)
	for i := range 5000 {
		cache.Add(t.Context(), fmt.Sprintf("%01000d", i), doc)
		if _, ok := cache.Get(t.Context(), "in use"); !ok {
			t.Fatalf("the document in use was dropped after %d others", i)
		}
	}
	kept := int64(0)
	for i := range 5000 {
		if _, ok := cache.Get(t.Context(), fmt.Sprintf("%01000d", i)); ok {
			kept++
		}
	}
	if kept*charge > bound || kept*charge < bound*9/10 {
		t.Errorf("%d documents of %d bytes are kept within %d", kept, charge, bound)
	}
	cache.Add(t.Context(), strings.Repeat("x", bound/4), doc)
	if _, ok := cache.Get(t.Context(), strings.Repeat("x", bound/4)); ok {
		t.Error("one document may take a quarter of the cache")
	}
}
