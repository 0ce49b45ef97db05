package record

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// errUndecoded is why a body is not recorded: what cannot be decoded cannot be searched for secrets.
var errUndecoded = errors.New("its body cannot be decoded")

// request returns the request of an exchange with stand-ins instead of personal data, and credentials that
// a fresh mock accepts or refuses as they were.
func (r *recorder) request(x traffic.Exchange) (contracts.Request, error) {
	header := http.Header{}
	for _, name := range []string{"Accept", "Content-Type", "X-Requested-With"} {
		if values := x.Request.Header[name]; len(values) > 0 {
			header[name] = values
		}
	}
	r.authorize(header, x)
	path, err := url.PathUnescape(x.Target)
	if err != nil {
		return contracts.Request{}, fmt.Errorf("its path: %w", err)
	}
	query, err := url.ParseQuery(x.Query)
	if err != nil {
		return contracts.Request{}, fmt.Errorf("its query: %w", err)
	}
	for name, values := range query {
		for i, value := range values {
			values[i] = r.standIns.text(name, value)
			if lacks(x.Violations, spec.QueryUnknown, name) && !harmless(value) {
				values[i] = r.standIns.standIn("Value %d", value)
			}
		}
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = escape(r.standIns.text("", segment))
	}
	body, err := r.body(header, x)
	return contracts.Request{Method: x.Method, Path: strings.Join(segments, "/"), Query: query, Header: header, Body: body}, err
}

// escape leaves an @ as it is, as most clients do.
func escape(segment string) string {
	return strings.ReplaceAll(url.PathEscape(segment), "%40", "@")
}

// wrongToken is nobody's.
const wrongToken = "wrong-token"

// authorize adds credentials of the kind that were sent.
func (r *recorder) authorize(header http.Header, x traffic.Exchange) {
	token := r.options.Token
	if rejected(x) {
		token = wrongToken
	}
	switch x.Credentials {
	case "basic":
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(r.options.Email+":"+token)))
	case "bearer":
		header.Set("Authorization", "Bearer "+token)
	case "header":
		header.Set("X-Admin-Email", r.options.Email)
		header.Set("X-Api-Token", token)
	}
}

// rejected reports whether the credentials of a request were rejected.
func rejected(x traffic.Exchange) bool {
	return slices.ContainsFunc(x.Violations, func(v spec.Violation) bool {
		return v.Severity == spec.Error && strings.HasPrefix(string(v.Code), "TM-AUTH-")
	})
}

// boundary stands between the parts of a recorded multipart body.
const boundary = "ticaga-mock"

// body returns the body of an exchange in the format in which it was sent.
func (r *recorder) body(header http.Header, x traffic.Exchange) ([]byte, error) {
	if x.Request.Body == "" && x.Fields == nil {
		return nil, nil
	}
	if x.Request.Truncated {
		return nil, errors.New("its body is too large")
	}
	media, params, _ := mime.ParseMediaType(header.Get("Content-Type"))
	fields, err := decode(x, media, params["boundary"])
	if err != nil {
		return nil, err
	}
	fields, _ = r.standIns.value("", fields).(map[string]any)
	r.replaceUnknown(fields, x.Violations)
	switch media {
	case "application/x-www-form-urlencoded":
		var pairs []string
		for _, p := range flatten("", fields) {
			pairs = append(pairs, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
		}
		return []byte(strings.Join(pairs, "&")), nil
	case "multipart/form-data":
		header.Set("Content-Type", mime.FormatMediaType(media, map[string]string{"boundary": boundary}))
		return encodeMultipart(flatten("", fields))
	}
	return json.Marshal(fields)
}

// replaceUnknown replaces the text in fields that the API does not have: a misspelt one may hold whatever the
// intended one holds.
func (r *recorder) replaceUnknown(fields map[string]any, found []spec.Violation) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text, ok := fields[name].(string)
		if ok && lacks(found, spec.BodyUnknownField, spec.Pointer(name)) && !harmless(text) {
			fields[name] = r.standIns.standIn("Value %d", text)
		}
	}
}

// lacks reports whether the API does not have a field or a parameter.
func lacks(found []spec.Violation, code spec.Code, at string) bool {
	return slices.ContainsFunc(found, func(v spec.Violation) bool { return v.Code == code && v.At == at })
}

// harmless reports whether a value is empty or a small number, such as a flag.
func harmless(text string) bool {
	return len(text) <= 3 && strings.Trim(text, "0123456789") == ""
}

// decode returns the fields of a request. Those of a refused request are in its body only, and a body
// with a secret is kept as JSON whatever it was.
func decode(x traffic.Exchange, media, boundary string) (map[string]any, error) {
	if x.Fields != nil {
		return x.Fields, nil
	}
	var fields map[string]any
	decoder := json.NewDecoder(strings.NewReader(x.Request.Body))
	decoder.UseNumber()
	if decoder.Decode(&fields) == nil && fields != nil {
		return fields, nil
	}
	fields = map[string]any{}
	switch media {
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(x.Request.Body)
		if err != nil {
			return nil, errUndecoded
		}
		for name := range values {
			fields[name] = values.Get(name)
		}
		return fields, nil
	case "multipart/form-data":
		reader := multipart.NewReader(strings.NewReader(x.Request.Body), boundary)
		for {
			part, err := reader.NextPart()
			if errors.Is(err, io.EOF) {
				return fields, nil
			}
			if err != nil || part.FileName() != "" {
				return nil, errUndecoded
			}
			value, err := io.ReadAll(part)
			if err != nil {
				return nil, errUndecoded
			}
			fields[part.FormName()] = string(value)
		}
	}
	return nil, errUndecoded
}

// pair is a field of a form.
type pair struct{ name, value string }

// flatten returns fields as a form has them: nested ones as PHP names them, such as custom_fields[domain].
func flatten(prefix string, fields map[string]any) []pair {
	var all []pair
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		full := name
		if prefix != "" {
			full = prefix + "[" + name + "]"
		}
		switch v := fields[name].(type) {
		case map[string]any:
			all = append(all, flatten(full, v)...)
		case []any:
			indexed := map[string]any{}
			for i, one := range v {
				indexed[fmt.Sprint(i)] = one
			}
			all = append(all, flatten(full, indexed)...)
		case nil:
			all = append(all, pair{full, ""})
		case bool:
			all = append(all, pair{full, map[bool]string{true: "1", false: "0"}[v]})
		default:
			all = append(all, pair{full, fmt.Sprint(v)})
		}
	}
	return all
}

func encodeMultipart(pairs []pair) ([]byte, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(boundary); err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if err := w.WriteField(p.name, p.value); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
