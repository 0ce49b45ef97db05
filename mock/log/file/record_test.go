package file

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// TestRecordsAreBoundToTheirPlace decodes a record as if it stood elsewhere.
func TestRecordsAreBoundToTheirPlace(t *testing.T) {
	value := appendRecord(nil, log.Record{History: "a", At: 7, After: 3, Data: []byte("data")})
	want := log.Record{History: "a", At: 7, After: 3, Data: []byte("data")}
	got, err := decodeRecord("a", 7, value)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v; record differs (-want +got):\n%s", err, diff)
	}
	for _, place := range []entry{{"b", 7}, {"a", 8}, {"a7", 7}} {
		if _, err := decodeRecord(place.history, place.at, value); err == nil || err.Error() != "its checksum is wrong" {
			t.Errorf("at %v: got %v, want a wrong checksum", place, err)
		}
	}
	value[0] = 2
	if _, err := decodeRecord("a", 7, value); err == nil || err.Error() != "its layout is version 2; must be 1" {
		t.Errorf("got %v, want the version refused", err)
	}
}

// FuzzDecodeRecord decodes values. What is decoded is encoded to the same value.
func FuzzDecodeRecord(f *testing.F) {
	f.Add("a", uint64(7), appendRecord(nil, log.Record{History: "a", At: 7, After: 3, Data: []byte("data")}))
	f.Add("", uint64(0), []byte{})
	f.Add("a", uint64(1), []byte{1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0, 1, 'x'})
	f.Fuzz(func(t *testing.T, history string, at uint64, value []byte) {
		r, err := decodeRecord(history, log.Position(at), value)
		if err != nil {
			return
		}
		if diff := cmp.Diff(value, appendRecord(nil, r)); diff != "" {
			t.Errorf("the value differs (-want +got):\n%s", diff)
		}
	})
}
