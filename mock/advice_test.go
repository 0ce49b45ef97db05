package mock_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAdviceHasItsFiles checks that only files named *advice.go write violations, so that whoever
// looks for a text knows where to look. They are in mock/inspect and in the packages below it; what is
// said of pacts is in contracts.
func TestAdviceHasItsFiles(t *testing.T) {
	rooms := []string{"mock/inspect", "mock/internal/api", "mock/internal/laravel", "mock/internal/wire", "contracts"}
	written := map[string]int{} // the number of places by directory
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), "../")
		for _, at := range adviceIn(file) {
			written[dir]++
			if !strings.HasSuffix(name, "advice.go") || !slices.Contains(rooms, dir) {
				t.Errorf("%s: writes a violation; move it to a file named *advice.go in one of %s", files.Position(at), strings.Join(rooms, ", "))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range rooms {
		if written[room] < 5 {
			t.Errorf("found %d places in %s that write a violation, want at least 5: does the test still recognise them?", written[room], room)
		}
	}
}

// TestAdviceIn checks what counts as writing a violation.
func TestAdviceIn(t *testing.T) {
	for _, c := range []struct {
		code string
		want int
	}{
		{`v := spec.Violation{Code: spec.Method}`, 1},
		{`v := &Violation{Fix: "send it"}`, 1},
		{`v := []spec.Violation{{Fix: "send it"}, {}}`, 1},
		{`v.Message, v.Fix = "wrong", "send it"`, 1},
		{`v.Fix += "; or not"`, 1},
		{`v := spec.Violation{}`, 0},
		{`v := []spec.Violation{other}`, 0},
		{`v.Fix = hide.Text(v.Fix)`, 0},
		{`t.Message = "Hello"`, 0},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() { "+c.code+" }", parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(adviceIn(file)); got != c.want {
			t.Errorf("%s: found %d, want %d", c.code, got, c.want)
		}
	}
}

// adviceIn returns the places of a file that write a violation: literals with fields, and strings that
// are assigned to a Fix.
func adviceIn(file *ast.File) (found []token.Pos) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if isViolation(n.Type) && len(n.Elts) > 0 {
				found = append(found, n.Pos())
			}
			if list, ok := n.Type.(*ast.ArrayType); ok && isViolation(list.Elt) {
				for _, element := range n.Elts {
					if inner, ok := element.(*ast.CompositeLit); ok && inner.Type == nil && len(inner.Elts) > 0 {
						found = append(found, inner.Pos())
					}
				}
			}
		case *ast.AssignStmt:
			if slices.ContainsFunc(n.Lhs, isFix) && slices.ContainsFunc(n.Rhs, hasString) {
				found = append(found, n.Pos())
			}
		}
		return true
	})
	return found
}

// isViolation reports whether a type is spec.Violation, inside package spec or outside.
func isViolation(of ast.Expr) bool {
	switch of := of.(type) {
	case *ast.Ident:
		return of.Name == "Violation"
	case *ast.SelectorExpr:
		return of.Sel.Name == "Violation"
	}
	return false
}

// isFix reports whether an expression is a field named Fix.
func isFix(e ast.Expr) bool {
	field, ok := e.(*ast.SelectorExpr)
	return ok && field.Sel.Name == "Fix"
}

// hasString reports whether an expression contains a string.
func hasString(e ast.Expr) (has bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		has = has || ok && literal.Kind == token.STRING
		return !has
	})
	return has
}
