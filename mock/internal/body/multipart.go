package body

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// decodeMultipart reads what curl makes of an array in CURLOPT_POSTFIELDS. The
// names of the parts follow the rules of forms.
func (l Limits) decodeMultipart(contentType string, raw []byte) Result {
	if looks := sniff(raw); looks != nil && looks != asMultipart {
		return unreadable(mismatch(asMultipart, looks))
	}
	_, params, _ := mime.ParseMediaType(contentType)
	boundary := params["boundary"]
	if boundary == "" {
		return unreadable(noBoundary(contentType))
	}
	// multipart.Reader takes the end of the bytes in a part's header for the last
	// boundary, so that has to be looked for.
	ends := bytes.Contains(raw, []byte("--"+boundary+"--"))
	f := newForm(l)
	parts := multipart.NewReader(bytes.NewReader(raw), boundary)
	for {
		part, err := parts.NextRawPart() // raw: PHP undoes no Content-Transfer-Encoding
		if err == io.EOF && ends {
			f.result.add(oddMultipart)
			return f.done()
		}
		if err != nil {
			return unreadable(brokenPart(f.count + 1))
		}
		if !f.room() {
			return f.done()
		}
		if err := f.part(part); err != nil {
			return unreadable(brokenPart(f.count))
		}
	}
}

func (f *form) part(part *multipart.Part) error {
	value, err := io.ReadAll(part)
	if err != nil {
		return err
	}
	disposition := part.Header.Get("Content-Disposition")
	if disposition == "" {
		return nil // nor does PHP know what to do with it
	}
	// Not part.FormName: PHP takes any disposition for form-data, and a file
	// without a name, from an input left empty, for a file.
	_, params, err := mime.ParseMediaType(disposition)
	if err != nil {
		return err
	}
	if _, isFile := params["filename"]; isFile {
		f.file(params["name"])
	} else {
		f.set(params["name"], string(value))
	}
	return nil
}

func (f *form) file(name string) {
	path, _ := split(nil, name, f.limits.formBrackets())
	f.result.add(spec.Violation{
		Code:     "TM-BODY-FILE",
		Severity: spec.Warning,
		In:       spec.InBody,
		At:       spec.Pointer(path...),
		Message:  fmt.Sprintf("%s is a file, which is not a field", spec.Quote(name)),
		Expected: "fields without a file name",
		Got:      "a file",
		Fix:      "send it as a string«: in PHP, in place of the CURLFile»",
	})
}

// oddMultipart: PHP reads the fields, so it works, but no published client sends them so, and what is
// nested does not arrive.
var oddMultipart = spec.Violation{
	Code:     "TM-HEADER-MULTIPART",
	Severity: spec.Warning,
	In:       spec.InHeader,
	At:       "Content-Type",
	Message:  "the body is multipart«, as curl makes it of an array in CURLOPT_POSTFIELDS; an array in it arrives as the string Array|: PHP reads it, but no published client sends it so»",
	Expected: asJSON.mediaType + " or " + asForm.mediaType,
	Got:      asMultipart.mediaType,
	Fix:      asForm.encode + ", or «with json_encode($fields)|as JSON» and Content-Type: application/json",
}

func noBoundary(contentType string) spec.Violation {
	return spec.Violation{
		Code:     "TM-BODY-MULTIPART",
		Severity: spec.Error,
		In:       spec.InHeader,
		At:       "Content-Type",
		Message:  "the Content-Type does not say what the boundary between the parts is",
		Expected: "multipart/form-data; boundary=...",
		Got:      spec.Quote(contentType),
		Fix:      asMultipart.header,
	}
}

func brokenPart(n int) spec.Violation {
	return spec.Violation{
		Code:     "TM-BODY-MULTIPART",
		Severity: spec.Error,
		In:       spec.InBody,
		Message:  fmt.Sprintf("part %d of the body cannot be read: its header is broken, or it does not stand between the boundaries that the Content-Type names", n),
		Expected: `parts that begin with Content-Disposition: form-data; name="...", and a last boundary that ends in --`,
		Fix:      "send the whole body; let «curl make it and its Content-Type from an array|the HTTP client write it and its Content-Type»",
	}
}
