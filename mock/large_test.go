package mock_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

const largest = mock.DefaultMaxBody

// fill repeats what one returns until the largest body is nearly full.
func fill(begin, end string, one func(i int) string) string {
	var b strings.Builder
	b.WriteString(begin)
	for i := 0; b.Len() < largest-100; i++ {
		b.WriteString(one(i))
	}
	b.WriteString(end)
	return b.String()
}

func again(text string) func(int) string { return func(int) string { return text } }

// largeRequests are as large as requests may be, and made to take much time.
func largeRequests() map[string]request {
	named := func(format string) func(int) string { return func(i int) string { return fmt.Sprintf(format, i) } }
	const multipart = "multipart/form-data; boundary=b"
	part := "--b\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\nx\r\n"
	post := func(contentType, body string) request {
		return request{method: "POST", path: "/api/customers/assign", contentType: contentType, body: body}
	}
	return map[string]request{
		"json, unknown fields":          post(asJSON, fill(`{"ticaga_id":8`, `}`, named(`,"f%d":1`))),
		"json, unknown strings":         post(asJSON, fill(`{"ticaga_id":8`, `}`, named(`,"f%d":"x"`))),
		"json, empty fields":            post(asJSON, fill(`{"ticaga_id":8`, `}`, named(`,"f%d":""`))),
		"json, odd names":               post(asJSON, fill(`{"ticaga_id":8`, `}`, named(`,"f %d":1`))),
		"json, secrets":                 post(asJSON, fill(`{"ticaga_id":8`, `}`, named(`,"token%d":1`))),
		"json, one name":                post(asJSON, fill(`{"ticaga_id":8`, `}`, again(`,"f":1`))),
		"json, fields in a field":       post(asJSON, fill(`{"ticaga_id":{"x":8`, `}}`, named(`,"f%d":1`))),
		"json, numbers":                 post(asJSON, fill(`{"ticaga_id":[1`, `]}`, again(`,1`))),
		"json, numbers beyond a number": post(asJSON, fill(`{"x":[1`, `]}`, again(`,1e999`))),
		"json, objects":                 post(asJSON, fill(`{"x":[{}`, `]}`, again(`,{}`))),
		"json, nested":                  post(asJSON, fill(`{"x":`, ``, again(`[`))),
		"json, nested again and again":  post(asJSON, fill(`{"x":[1`, `]}`, again(","+strings.Repeat("[", 500)+strings.Repeat("]", 500)))),
		"json, a long name":             post(asJSON, fill(`{"`, `":1}`, again(`f`))),
		"json, a long string":           post(asJSON, fill(`{"ticaga_id":"`, `"}`, again(`f`))),
		"json, an encoded string":       post(asJSON, fill(`{"ticaga_id":"`, `"}`, again(`%25`))),
		"json, URLs":                    post(asJSON, fill(`{"ticaga_id":"`, `"}`, again(`://a:b@`))),
		"json, quoted":                  post(asJSON, fill(`{"ticaga_id":"`, `"}`, again(`\\u002d\"`))),
		"json, broken":                  post(asJSON, fill(`{"ticaga_id":8`, ``, named(`,"f%d":1`))),
		"json, without credentials":     {method: "POST", path: "/api/customers/assign", contentType: asJSON, auth: "-", body: fill(`{"ticaga_id":8`, `}`, named(`,"f%d":1`))},
		"json, nowhere":                 {method: "POST", path: "/api/nowhere", contentType: asJSON, body: fill(`{"ticaga_id":8`, `}`, named(`,"f%d":1`))},
		"json, as a form":               post(asForm, fill(`{"ticaga_id":8`, `}`, named(`,"f%d":1`))),
		"json, without a type":          post("", fill(`{"ticaga_id":8`, `}`, named(`,"f%d":1`))),
		"json, custom fields":           {method: "POST", path: "/api/tickets/create", contentType: asJSON, body: fill(`{"customer_id":8,"department_slug":"sales","subject":"S","priority":"low","message":"M","custom_fields":{"x":1`, `}}`, named(`,"f%d":1`))},
		"form, fields":                  post(asForm, fill("ticaga_id=8", "", named("&f%d=1"))),
		"form, one name":                post(asForm, fill("ticaga_id=8", "", again("&f=1"))),
		"form, a list":                  post(asForm, fill("ticaga_id=8", "", again("&f[]=1"))),
		"form, brackets":                post(asForm, fill("ticaga_id=8&f", "=1", again("[a]"))),
		"form, no values":               post(asForm, fill("ticaga_id=8", "", again("&"))),
		"form, an encoded value":        post(asForm, fill("ticaga_id=", "", again("%2525"))),
		"form, as json":                 post(asJSON, fill("ticaga_id=8", "", named("&f%d=1"))),
		"multipart, parts":              post(multipart, fill("", "--b--\r\n", func(i int) string { return fmt.Sprintf(part, fmt.Sprint("f", i), "") })),
		"multipart, files":              post(multipart, fill("", "--b--\r\n", func(i int) string { return fmt.Sprintf(part, fmt.Sprint("f", i), `; filename="x"`) })),
		"multipart, long header":        post(multipart, fill("--b\r\nContent-Disposition: form-data", "\r\n\r\nx\r\n--b--\r\n", again("\r\n ;"))),
		"multipart, no parts":           post(multipart, fill("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--\r\n", "", again("\n"))),
		"query, parameters":             {method: "GET", path: "/api/customers/get/8?" + strings.Repeat("f=1&", 15_000)},
		"query, long":                   {method: "GET", path: "/api/customers/get/8?x=" + strings.Repeat("%2525", 12_000)},
		"query, many names":             {method: "GET", path: "/api/customers/get/8?" + manyNames(6_000)},
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "f%d=1&", i)
	}
	return b.String()
}

// BenchmarkLarge is what requests cost that are as large as they may be.
func BenchmarkLarge(b *testing.B) {
	server := newServer(b)
	for name, q := range largeRequests() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if got := answerTo(b, server, q); got == http.StatusInternalServerError {
					b.Fatalf("got %d, want other than 500", got)
				}
			}
		})
	}
}

// answerTo sends a request without a network, and returns the status.
func answerTo(t testing.TB, server http.Handler, q request) int {
	t.Helper()
	r, err := http.NewRequest(q.method, "http://localhost"+q.path, io.NopCloser(strings.NewReader(q.body)))
	if err != nil {
		t.Fatal(err)
	}
	r.RequestURI, r.ContentLength = q.path, int64(len(q.body))
	r.Header.Set("Content-Type", q.contentType)
	if q.auth == "" {
		r.Header.Set("Authorization", bearer)
	}
	w := &discard{header: http.Header{}}
	server.ServeHTTP(w, r)
	return w.status
}
