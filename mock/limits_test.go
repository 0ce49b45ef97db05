package mock_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestEveryLimitIsListed: a number or duration in Options is a limit, with a name, a flag and a unit.
func TestEveryLimitIsListed(t *testing.T) {
	var options mock.Options
	value, limits := reflect.ValueOf(&options).Elem(), mock.Limits()
	for _, field := range reflect.VisibleFields(value.Type()) {
		switch field.Type {
		case reflect.TypeFor[int](), reflect.TypeFor[int64](), reflect.TypeFor[time.Duration]():
		default:
			continue
		}
		if field.Name == "Seed" { // any number
			continue
		}
		found := 0
		for _, l := range limits {
			if l.Name != field.Name {
				continue
			}
			found++
			if got, want := l.Field(&options), value.FieldByIndex(field.Index).Addr().Interface(); got != want {
				t.Errorf("%s: Field() = %p, want %p", l.Name, got, want)
			}
			if got, want := strings.ReplaceAll(l.Flag, "-", ""), strings.ToLower(l.Name); got != want {
				t.Errorf("%s: got flag --%s, want its name with hyphens", l.Name, l.Flag)
			}
			if strings.Count(l.Meaning, "`") < 2 {
				t.Errorf("%s: got meaning %q, want a unit in backquotes", l.Name, l.Meaning)
			}
			if l.Default == 0 && !strings.Contains(l.Meaning, "0 means") {
				t.Errorf("%s: got meaning %q, want what the default 0 means", l.Name, l.Meaning)
			}
		}
		if found != 1 {
			t.Errorf("%s is listed %d times, want once", field.Name, found)
		}
	}
}

func TestNegativeLimitsAreRefused(t *testing.T) {
	for _, l := range mock.Limits() {
		var options mock.Options
		reflect.ValueOf(l.Field(&options)).Elem().SetInt(-1)
		_, err := mock.New(options)
		if want := "options: " + l.Name + " is -1; must be 0 (default) or greater"; err == nil || err.Error() != want {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
}
