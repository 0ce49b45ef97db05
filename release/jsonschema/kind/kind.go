// Package kind declares the error kinds of package jsonschema that kin-openapi mentions. None is ever made.
package kind

// Schema, Group and Reference wrap the errors of other keywords.
type (
	Schema    struct{}
	Group     struct{}
	Reference struct{}
)

func (*Schema) KeywordPath() []string    { return nil }
func (*Group) KeywordPath() []string     { return nil }
func (*Reference) KeywordPath() []string { return nil }
