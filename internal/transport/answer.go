package transport

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	maxErrors  = 10       // of one answer; the rest is counted in extensions.errorsOmitted
	maxMessage = 512      // bytes of one message
	maxError   = 1400     // bytes of one error in JSON: ten of them leave room in maxRefused
	maxRefused = 16 << 10 // bytes of an answer without data

	omittedKey = "errorsOmitted"
)

// buffers are shared by reading and writing; large ones are not kept.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func borrow() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

func giveBack(b *bytes.Buffer) {
	if b.Cap() <= 256<<10 {
		b.Reset()
		buffers.Put(b)
	}
}

// limit cuts resp to maxErrors and says how many it left out.
func limit(resp *graphql.Response) {
	if over := len(resp.Errors) - maxErrors; over > 0 {
		resp.Errors = resp.Errors[:maxErrors]
		extensions := maps.Clone(resp.Extensions)
		if extensions == nil {
			extensions = map[string]any{}
		}
		extensions[omittedKey] = over
		resp.Extensions = extensions
	}
}

// executed reports whether resp has data, be it null. An answer without any
// was refused before execution and has no data key.
func executed(resp *graphql.Response) bool { return len(resp.Data) > 0 }

// writeHead writes resp up to its data, which the caller writes as it is: it
// is finished JSON, often 50 kB of it, and nobody reads it again.
func writeHead(b *bytes.Buffer, resp *graphql.Response) {
	limit(resp)
	b.WriteByte('{')
	if len(resp.Errors) > 0 {
		b.WriteString(`"errors":`)
		writeErrors(b, resp.Errors)
	}
	if executed(resp) {
		if len(resp.Errors) > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"data":`)
	}
}

// writeTail writes what follows the data. size is what the answer has so far
// without its data.
func writeTail(b *bytes.Buffer, resp *graphql.Response, size int) {
	if len(resp.Extensions) > 0 {
		text, err := json.Marshal(resp.Extensions)
		fits := executed(resp) || size+len(text) < maxRefused-32
		if err == nil && fits {
			b.WriteString(`,"extensions":`)
			b.Write(text)
		}
	}
	b.WriteByte('}')
}

// writeEnvelope writes the whole of resp, for the transports that frame it.
func writeEnvelope(b *bytes.Buffer, resp *graphql.Response) {
	start := b.Len()
	writeHead(b, resp)
	size := b.Len() - start
	b.Write(resp.Data)
	writeTail(b, resp, size)
}

func writeErrors(b *bytes.Buffer, errs gqlerror.List) {
	b.WriteByte('[')
	for i, err := range errs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(errorJSON(err))
	}
	b.WriteByte(']')
}

// errorJSON renders one error within maxError bytes; where path, locations or
// extensions make it longer, only the message and the code stay.
func errorJSON(err *gqlerror.Error) []byte {
	short := *err
	short.Message = clip(err.Message, maxMessage)
	text, failure := json.Marshal(&short)
	if failure == nil && len(text) <= maxError {
		return text
	}
	text, _ = json.Marshal(&gqlerror.Error{
		Message:    clip(err.Message, maxMessage/4),
		Extensions: map[string]any{"code": clip(string(codeOf(gqlerror.List{err})), 64)},
	})
	return text
}

// clip cuts text to at most n bytes at the start of a rune.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// scrub takes the caller's values out of errors about variables: the validator
// repeats a wrong enum value, which may be a password sent to the wrong place.
func scrub(errs gqlerror.List) {
	const phrase = " is not a valid "
	for _, err := range errs {
		if len(err.Path) == 0 || err.Path[0] != ast.PathName("variable") {
			continue
		}
		if i := strings.LastIndex(err.Message, phrase); i >= 0 {
			err.Message = "the value" + err.Message[i:]
		}
	}
}
